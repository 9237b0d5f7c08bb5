using System.Collections.Immutable;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>Smallest rights of a mesh, verified on a real cluster: sidecar, gateway, control role.</summary>
public static class MeshRights
{
    private const string Gateway = "gateway.networking.k8s.io", Mesh = "gatewaymesh.dev";

    private static readonly ImmutableArray<string> Read = ["get", "list", "watch"];
    private static readonly ImmutableArray<string> Follow = ["list", "watch"];
    private static readonly ImmutableArray<string> Write = ["update", "patch"];

    /// <summary>Rights of a sidecar, bound to a group of ServiceAccounts, since a sidecar runs under that of its application.</summary>
    /// <param name="subject">The group. Default: all ServiceAccounts.</param>
    public static IEnumerable<ApiRight> Sidecar(string subject = "system:serviceaccounts") =>
    [
        new(subject, "", ["services"], Follow),
        new(subject, "discovery.k8s.io", ["endpointslices"], Follow),
        new(subject, Gateway, ["httproutes", "grpcroutes", "tcproutes", "referencegrants"], Follow),
        new(subject, Mesh, ["servicepolicies", "authorizationpolicies"], Follow),
    ];

    /// <summary>Further rights of a gateway.</summary>
    /// <param name="subject">The account.</param>
    /// <param name="space">Namespace of its TLS secrets.</param>
    /// <param name="secrets">Names of its TLS secrets.</param>
    public static IEnumerable<ApiRight> Ingress(string subject, string space, params ImmutableArray<string> secrets) =>
    [
        new(subject, "", ["nodes", "namespaces"], Follow),
        new(subject, Gateway, ["gatewayclasses", "gateways", "backendtlspolicies"], Follow),
        new(subject, "", ["secrets"], Read) { Namespace = space, Names = secrets },
    ];

    /// <summary>Further rights of the control role.</summary>
    /// <param name="subject">The account.</param>
    /// <param name="space">Its namespace.</param>
    public static IEnumerable<ApiRight> Control(string subject, string space = "gatewaymesh") =>
    [
        new(subject, "", ["pods", "nodes", "namespaces"], Read),
        new(
            subject,
            Gateway,
            ["gatewayclasses", "gateways", "httproutes", "grpcroutes", "tcproutes", "referencegrants", "backendtlspolicies"],
            Read),
        new(
            subject,
            Gateway,
            [
                "gatewayclasses/status", "gateways/status", "httproutes/status", "grpcroutes/status", "tcproutes/status",
                "backendtlspolicies/status",
            ],
            Write),
        new(subject, Mesh, ["servicepolicies", "authorizationpolicies"], Read),
        new(subject, Mesh, ["servicepolicies/status", "authorizationpolicies/status"], Write),
        new(subject, "authentication.k8s.io", ["tokenreviews"], ["create"]),
        new(subject, "admissionregistration.k8s.io", ["mutatingwebhookconfigurations"], ["get", "patch"])
        {
            Names = ["gatewaymesh-injector"],
        },
        new(subject, "events.k8s.io", ["events"], ["create", "patch"]),
        new(subject, "coordination.k8s.io", ["leases"], ["create"]) { Namespace = space },
        new(subject, "coordination.k8s.io", ["leases"], ["get", "update"]) { Namespace = space, Names = ["gatewaymesh-control"] },
        new(subject, "", ["secrets", "configmaps"], ["create"]) { Namespace = space },
        new(subject, "", ["secrets"], ["get", "update"]) { Namespace = space, Names = ["gatewaymesh-ca"] },
        new(subject, "", ["configmaps"], ["get", "update"]) { Namespace = space, Names = ["gatewaymesh-roots"] },
    ];
}
