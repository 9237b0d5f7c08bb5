namespace GatewayMesh.Proxy.Stores;

/// <summary>State of a shared store, as this process sees it.</summary>
public enum StoreState
{
    /// <summary>No connection yet, or the connection is lost.</summary>
    Gone,

    /// <summary>Connected, but a response took too long; asked again once a second.</summary>
    Slow,

    /// <summary>In use.</summary>
    Up,
}
