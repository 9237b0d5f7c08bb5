namespace GatewayMesh.Configuration.Tunnels;

/// <summary>The one byte with which a gateway answers a guard's hello. Only after <see cref="Ok"/> do application bytes flow.</summary>
public enum TunnelAnswer : byte
{
    /// <summary>Carried from here on.</summary>
    Ok = (byte)'+',

    /// <summary>As many connections as it can bear: try the next gateway.</summary>
    Busy = (byte)'b',

    /// <summary>It is about to leave: try the next gateway.</summary>
    Draining = (byte)'d',

    /// <summary>Not for this service, or not a hello.</summary>
    Denied = (byte)'!',
}
