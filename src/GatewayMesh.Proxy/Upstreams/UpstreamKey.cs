using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>Key of a connection pool: one service's request never uses another service's connection.</summary>
/// <param name="Identity">Service whose identity is used for the connections.</param>
/// <param name="Address">Address of the peer.</param>
/// <param name="Kind">Kind of the peer.</param>
/// <param name="Protocol">Protocol of the connections.</param>
/// <param name="MayStand">True on HTTP/1.1 if bodies or upgraded streams are sent, which stall while the peer does not read. Such
/// connections are not ended for missing acknowledgements, because the kernel counts a closed window as missing.</param>
/// <param name="Peer">Service that the peer's certificate must name; null: no TLS.</param>
internal readonly record struct UpstreamKey(
    string Identity, HostPort Address, TargetKind Kind, WireProtocol Protocol, bool MayStand, string? Peer = null)
{
    /// <summary>
    /// True if the bootstrap of this host names the address instead of the registry: an application of this host, at any address. Default:
    /// false, so that <see cref="GatewayMesh.Configuration.Reach.ReachRules"/> apply.
    /// </summary>
    public bool IsOwn { get; init; }

    /// <summary>Datacenter that the peer's certificate must also name; empty for this node's own.</summary>
    public string Datacenter { get; init; } = "";
}
