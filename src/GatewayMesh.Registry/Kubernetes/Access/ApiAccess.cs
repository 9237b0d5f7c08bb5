namespace GatewayMesh.Registry.Kubernetes.Access;

/// <summary>Address of an API server, its roots, and the credentials for it.</summary>
public sealed record ApiAccess
{
    /// <summary>Address, such as <c>https://10.96.0.1:443</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>The only trusted roots, PEM. Default: null, the roots of the system.</summary>
    public PemSource? Roots { get; init; }

    /// <summary>
    /// Name that the server's certificate must have, sent as SNI and as host. Default: null, the host of <see cref="Server"/>.
    /// </summary>
    public string? ServerName { get; init; }

    /// <summary>True if any certificate of the server is accepted (<c>insecure-skip-tls-verify</c>). Default: false.</summary>
    public bool IsInsecure { get; init; }

    /// <summary>Source of token and client certificate.</summary>
    public required ICredentialSource Credentials { get; init; }

    /// <summary>Namespace of this pod or context. Default: <c>default</c>.</summary>
    public string Namespace { get; init; } = "default";
}
