namespace GatewayMesh.Registry.Kubernetes.Access;

/// <summary>The credential in the answer of a plugin: a token, a certificate with its key, or all.</summary>
internal sealed record ExecCredentialStatus
{
    /// <summary>Time from which the credential is not used any more; null: until the API server refuses it.</summary>
    public DateTimeOffset? ExpirationTimestamp { get; init; }

    /// <summary>Token; null: none.</summary>
    public string? Token { get; init; }

    /// <summary>Client certificate, PEM; null: none.</summary>
    public string? ClientCertificateData { get; init; }

    /// <summary>Private key, PEM; null: none.</summary>
    public string? ClientKeyData { get; init; }
}
