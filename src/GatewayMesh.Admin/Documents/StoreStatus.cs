namespace GatewayMesh.Admin.Documents;

/// <summary>A store that nodes share, as this process sees it.</summary>
public sealed record StoreStatus : DocumentPart
{
    /// <summary>Its key under <c>stores</c> in the bootstrap file.</summary>
    public string Name { get; set; } = "";

    /// <summary>URI without user and password.</summary>
    public string Address { get; set; } = "";

    /// <summary><c>up</c>, <c>slow</c> or <c>gone</c>.</summary>
    public string State { get; set; } = "";

    /// <summary>Reason why the store is not used; empty while it is.</summary>
    public string Reason { get; set; } = "";
}
