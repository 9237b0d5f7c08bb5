namespace GatewayMesh.Admin.Documents;

/// <summary>A gateway of the caller's group.</summary>
public sealed record ExplainedGateway
{
    /// <summary>Node of the gateway.</summary>
    public string Node { get; set; } = "";

    /// <summary>Address of the gateway.</summary>
    public string Address { get; set; } = "";

    /// <summary>True if the gateway is healthy.</summary>
    public bool Healthy { get; set; }
}
