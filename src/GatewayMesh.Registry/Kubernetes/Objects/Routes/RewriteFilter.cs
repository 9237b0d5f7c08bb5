namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Rewrite of a request. Parts that are null stay those of the request.</summary>
public sealed record RewriteFilter
{
    /// <summary>Host name.</summary>
    public string? Hostname { get; init; }

    /// <summary>Change of the path.</summary>
    public PathModifier? Path { get; init; }
}
