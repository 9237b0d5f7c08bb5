namespace GatewayMesh.Proxy.Admission;

/// <summary>Requests in flight of one calling host.</summary>
internal sealed class HostLoad
{
    /// <summary>The host's address as IPv6.</summary>
    public UInt128 Address { get; set; }

    /// <summary>Number of requests in flight; guarded by the admission's lock.</summary>
    public int InFlight { get; set; }
}
