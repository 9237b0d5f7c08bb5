namespace GatewayMesh.Proxy.Edge;

/// <summary>Result of a check of a public listener's files.</summary>
internal enum EdgeTlsChange
{
    /// <summary>Nothing changed.</summary>
    None,

    /// <summary>New certificates are in use.</summary>
    Replaced,

    /// <summary>The files are unusable; the last good certificates stay in use.</summary>
    Refused,
}
