namespace GatewayMesh.Admin.Documents;

/// <summary>A service of a node, as recorded in the registry.</summary>
public sealed record PeerServiceStatus : DocumentPart
{
    /// <summary>Name of the service.</summary>
    public string Name { get; set; } = "";

    /// <summary>Id of the instance.</summary>
    public string Id { get; set; } = "";

    /// <summary>Address that callers dial.</summary>
    public string Address { get; set; } = "";

    /// <summary>True if the instance is healthy.</summary>
    public bool Healthy { get; set; }
}
