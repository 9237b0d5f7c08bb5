namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Objects that may refer: those of a kind in a namespace.</summary>
public sealed record GrantedSource
{
    /// <summary>API group; empty for the core group.</summary>
    public string Group { get; init => field = value ?? ""; } = "";

    /// <summary>Kind.</summary>
    public string Kind { get; init => field = value ?? ""; } = "";

    /// <summary>Namespace.</summary>
    public string Namespace { get; init => field = value ?? ""; } = "";
}
