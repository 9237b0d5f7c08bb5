namespace GatewayMesh.Registry.Kubernetes.Access;

/// <summary>Proof of who asks: a token, a client certificate, both, or neither.</summary>
public sealed record ApiCredential
{
    /// <summary>No credential: the API server answers as to <c>system:anonymous</c>.</summary>
    public static ApiCredential None { get; } = new();

    /// <summary>Token, sent as <c>Authorization: Bearer</c>. Default: null.</summary>
    public string? Token { get; init; }

    /// <summary>Client certificate, PEM. Default: null.</summary>
    public PemSource? Certificate { get; init; }

    /// <summary>Private key of <see cref="Certificate"/>, PEM. Default: null.</summary>
    public PemSource? Key { get; init; }
}
