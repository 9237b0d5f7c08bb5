namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Reference to an object that a route is attached to.</summary>
public sealed record ParentRef
{
    private const string GatewayGroup = "gateway.networking.k8s.io";

    /// <summary>API group. Default: <c>gateway.networking.k8s.io</c>.</summary>
    public string Group { get; init => field = value ?? GatewayGroup; } = GatewayGroup;

    /// <summary>Kind. Default: <c>Gateway</c>.</summary>
    public string Kind { get; init => field = value ?? "Gateway"; } = "Gateway";

    /// <summary>Namespace; null for that of the route.</summary>
    public string? Namespace { get; init; }

    /// <summary>Name.</summary>
    public string Name { get; init => field = value ?? ""; } = "";

    /// <summary>Name of the listener or of the Service's port; null for all.</summary>
    public string? SectionName { get; init; }

    /// <summary>Port; null for all.</summary>
    public int? Port { get; init; }
}
