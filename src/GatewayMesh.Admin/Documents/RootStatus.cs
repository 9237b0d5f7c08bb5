namespace GatewayMesh.Admin.Documents;

/// <summary>A trusted root.</summary>
public sealed record RootStatus : DocumentPart
{
    /// <summary>Subject.</summary>
    public string Subject { get; set; } = "";

    /// <summary>Trust domain.</summary>
    public string TrustDomain { get; set; } = "";

    /// <summary>SHA-256 fingerprint, in hexadecimal digits.</summary>
    public string Fingerprint { get; set; } = "";

    /// <summary><c>valid</c>, <c>ending</c>, <c>expired</c> or <c>not-yet-valid</c>.</summary>
    public string State { get; set; } = "";

    /// <summary>Start of validity.</summary>
    public DateTimeOffset NotBefore { get; set; }

    /// <summary>End of validity.</summary>
    public DateTimeOffset NotAfter { get; set; }

    /// <summary>Time until expiry, in whole seconds; negative after expiry.</summary>
    public double SecondsLeft { get; set; }

    /// <summary>Time until expiry, in days.</summary>
    public double DaysLeft { get; set; }
}
