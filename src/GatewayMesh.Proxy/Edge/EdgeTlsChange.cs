namespace GatewayMesh.Proxy.Edge;

/// <summary>What a look at the files of a public listener found.</summary>
internal enum EdgeTlsChange
{
    /// <summary>Nothing new.</summary>
    None,

    /// <summary>New certificates are in use.</summary>
    Replaced,

    /// <summary>They cannot be used; the last good stay.</summary>
    Refused,
}
