namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>The kinds of a new stub: those of Kubernetes that a mesh needs, the standard channel of the Gateway API, and our own.</summary>
internal static class ApiKinds
{
    private const string Gateway = "gateway.networking.k8s.io", Mesh = "gatewaymesh.dev";

    private const string NodeZero =
        """
        "spec":{},"status":{"daemonEndpoints":{"kubeletEndpoint":{"Port":0}},"nodeInfo":{"machineID":"","systemUUID":"","bootID":"","kernelVersion":"","osImage":"","containerRuntimeVersion":"","kubeletVersion":"","kubeProxyVersion":"","operatingSystem":"","architecture":""}}
        """;

    /// <summary>All kinds.</summary>
    public static IEnumerable<ApiKind> All() =>
    [
        new("", "v1", "services", "Service") { HasStatus = true, Zero = "\"spec\":{},\"status\":{\"loadBalancer\":{}}" },
        new("", "v1", "pods", "Pod")
        {
            HasStatus = true, HasGeneration = true, Zero = "\"spec\":{\"containers\":null},\"status\":{}",
        },
        new("", "v1", "namespaces", "Namespace") { IsNamespaced = false, HasStatus = true, Zero = "\"spec\":{},\"status\":{}" },
        new("", "v1", "nodes", "Node") { IsNamespaced = false, HasStatus = true, Zero = NodeZero },
        new("", "v1", "secrets", "Secret"),
        new("", "v1", "configmaps", "ConfigMap"),
        new("", "v1", "serviceaccounts", "ServiceAccount"),
        new("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice")
        {
            HasGeneration = true, Zero = "\"addressType\":\"\",\"endpoints\":null,\"ports\":null",
        },
        new("coordination.k8s.io", "v1", "leases", "Lease") { NeedsVersion = true, Zero = "\"spec\":{}" },
        new("events.k8s.io", "v1", "events", "Event"),
        new("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration")
        {
            IsNamespaced = false, HasGeneration = true,
        },
        new("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget") { HasStatus = true, HasGeneration = true },
        new("apps", "v1", "deployments", "Deployment") { HasStatus = true, HasGeneration = true },
        Custom(Gateway, "v1", "gatewayclasses", "GatewayClass") with { IsNamespaced = false },
        Custom(Gateway, "v1", "gateways", "Gateway"),
        Custom(Gateway, "v1", "httproutes", "HTTPRoute"),
        Custom(Gateway, "v1", "grpcroutes", "GRPCRoute"),
        Custom(Gateway, "v1", "tcproutes", "TCPRoute"),
        Custom(Gateway, "v1", "tlsroutes", "TLSRoute"),
        Custom(Gateway, "v1", "udproutes", "UDPRoute"),
        Custom(Gateway, "v1", "referencegrants", "ReferenceGrant") with { HasStatus = false },
        Custom(Gateway, "v1", "backendtlspolicies", "BackendTLSPolicy"),
        Custom(Gateway, "v1", "listenersets", "ListenerSet"),
        Custom(Mesh, "v1alpha1", "servicepolicies", "ServicePolicy"),
        Custom(Mesh, "v1alpha1", "authorizationpolicies", "AuthorizationPolicy"),
        Custom(Mesh, "v1alpha1", "featureflags", "FeatureFlag"),
    ];

    private static ApiKind Custom(string group, string version, string plural, string kind) =>
        new(group, version, plural, kind) { IsCustom = true, HasStatus = true, HasGeneration = true, NeedsVersion = true };
}
