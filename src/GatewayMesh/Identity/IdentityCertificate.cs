namespace GatewayMesh.Identity;

/// <summary>An identity's certificate at one moment. Never includes the key.</summary>
/// <param name="Service">The service.</param>
/// <param name="State">State.</param>
internal sealed record IdentityCertificate(string Service, CertificateState State)
{
    /// <summary>The SPIFFE id; empty without a certificate.</summary>
    public string Id { get; init; } = "";

    /// <summary>The serial number, in hexadecimal digits.</summary>
    public string Serial { get; init; } = "";

    /// <summary>The issuer.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>Start of validity; null without a certificate.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>End of validity; null without a certificate.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>File with a copy of certificate and key for applications (<c>clientIdentity</c>), or null.</summary>
    public string? ClientFile { get; init; }

    /// <summary>Reason why renewal fails, or null.</summary>
    public string? Trouble { get; init; }
}
