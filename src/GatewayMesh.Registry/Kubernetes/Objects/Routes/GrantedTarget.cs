namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Objects that may be referred to: those of a kind in the namespace of the grant.</summary>
public sealed record GrantedTarget
{
    /// <summary>API group; empty for the core group.</summary>
    public string Group { get; init => field = value ?? ""; } = "";

    /// <summary>Kind.</summary>
    public string Kind { get; init => field = value ?? ""; } = "";

    /// <summary>Name; null for all of the kind.</summary>
    public string? Name { get; init; }
}
