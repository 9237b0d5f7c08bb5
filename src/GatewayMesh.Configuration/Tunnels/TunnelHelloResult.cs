namespace GatewayMesh.Configuration.Tunnels;

/// <summary>What <see cref="TunnelHello.Read"/> made of the bytes.</summary>
public enum TunnelHelloResult
{
    /// <summary>A hello; what follows it are the application's bytes.</summary>
    Complete,

    /// <summary>So far a hello, with more to come.</summary>
    Incomplete,

    /// <summary>Not a hello.</summary>
    Malformed,
}
