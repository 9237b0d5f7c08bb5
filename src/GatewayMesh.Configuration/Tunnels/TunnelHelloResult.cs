namespace GatewayMesh.Configuration.Tunnels;

/// <summary>Result of <see cref="TunnelHello.Read"/>.</summary>
public enum TunnelHelloResult
{
    /// <summary>A complete hello; application bytes follow.</summary>
    Complete,

    /// <summary>An incomplete hello.</summary>
    Incomplete,

    /// <summary>Not a hello.</summary>
    Malformed,
}
