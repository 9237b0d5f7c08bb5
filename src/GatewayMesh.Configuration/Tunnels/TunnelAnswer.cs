namespace GatewayMesh.Configuration.Tunnels;

/// <summary>A gateway's one-byte answer to a guard's hello. Application bytes follow only after <see cref="Ok"/>.</summary>
public enum TunnelAnswer : byte
{
    /// <summary>Accepted: the gateway carries the connection.</summary>
    Ok = (byte)'+',

    /// <summary>The gateway is at its connection limit: try the next gateway.</summary>
    Busy = (byte)'b',

    /// <summary>The gateway is draining: try the next gateway.</summary>
    Draining = (byte)'d',

    /// <summary>Refused: another service's gateway, or not a hello.</summary>
    Denied = (byte)'!',
}
