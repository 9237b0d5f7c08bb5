namespace GatewayMesh.Registry.Kubernetes.Objects.Routes;

/// <summary>Redirect of a request. Parts that are null stay those of the request.</summary>
public sealed record RedirectFilter
{
    /// <summary><c>http</c> or <c>https</c>.</summary>
    public string? Scheme { get; init; }

    /// <summary>Host name.</summary>
    public string? Hostname { get; init; }

    /// <summary>Change of the path.</summary>
    public PathModifier? Path { get; init; }

    /// <summary>Port.</summary>
    public int? Port { get; init; }

    /// <summary>Status; null for 302.</summary>
    public int? StatusCode { get; init; }
}
