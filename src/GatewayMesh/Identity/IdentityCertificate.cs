namespace GatewayMesh.Identity;

/// <summary>The certificate of one identity of this node, at one moment. Never its key.</summary>
/// <param name="Service">The service.</param>
/// <param name="State">How it is.</param>
internal sealed record IdentityCertificate(string Service, CertificateState State)
{
    /// <summary>Its SPIFFE id; empty when there is none.</summary>
    public string Id { get; init; } = "";

    /// <summary>Its serial number, in hexadecimal digits.</summary>
    public string Serial { get; init; } = "";

    /// <summary>Who issued it.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>When it begins; null when there is none.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>When it ends; null when there is none.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Where certificate and key also stand for applications (<c>clientIdentity</c>), or null.</summary>
    public string? ClientFile { get; init; }

    /// <summary>Why it cannot be renewed now, or null.</summary>
    public string? Trouble { get; init; }
}
