namespace GatewayMesh.Admin.Documents;

/// <summary>Connections that a guard carries to gateways.</summary>
public sealed record CarriedStatus : DocumentPart
{
    /// <summary>Open now.</summary>
    public long Open { get; set; }

    /// <summary>Total so far.</summary>
    public long Total { get; set; }

    /// <summary>Ended by an error.</summary>
    public long Failed { get; set; }

    /// <summary>Refused because no gateway was available.</summary>
    public long Refused { get; set; }
}
