namespace GatewayMesh.Admin.Documents;

/// <summary>A registry record that a node ignores because its address must not be dialed.</summary>
public sealed record RefusedRecordStatus : DocumentPart
{
    /// <summary>Name of the service, or <c>gateway:GROUP</c>.</summary>
    public string Service { get; set; } = "";

    /// <summary>Id of the instance, or name of the gateway's node.</summary>
    public string Id { get; set; } = "";

    /// <summary>Node of the instance; empty without a sidecar.</summary>
    public string Node { get; set; } = "";

    /// <summary>Address of the record.</summary>
    public string Address { get; set; } = "";

    /// <summary>Reason, in words.</summary>
    public string Because { get; set; } = "";

    /// <summary>Fix, as an imperative.</summary>
    public string Fix { get; set; } = "";
}
