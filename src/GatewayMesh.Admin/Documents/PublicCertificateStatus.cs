using System.Collections.Immutable;

namespace GatewayMesh.Admin.Documents;

/// <summary>A certificate of a public listener. Never includes a key.</summary>
public sealed record PublicCertificateStatus : DocumentPart
{
    /// <summary>Port of the listener.</summary>
    public int Port { get; set; }

    /// <summary>Path of the certificate file.</summary>
    public string File { get; set; } = "";

    /// <summary>Host names of the certificate.</summary>
    public ImmutableArray<string> Names { get; set; } = [];

    /// <summary>SHA-256 fingerprint, in hexadecimal digits.</summary>
    public string Fingerprint { get; set; } = "";

    /// <summary>Start of validity.</summary>
    public DateTimeOffset NotBefore { get; set; }

    /// <summary>End of validity.</summary>
    public DateTimeOffset NotAfter { get; set; }

    /// <summary>Time until expiry, in whole seconds; negative after expiry.</summary>
    public double SecondsLeft { get; set; }

    /// <summary>Reason why the files on disk are not in use, or null.</summary>
    public string? Refused { get; set; }
}
