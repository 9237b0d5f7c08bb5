using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>What a pool of connections belongs to: never one service's request on another's connection.</summary>
/// <param name="Identity">The service in whose name the connections are made.</param>
/// <param name="Address">Where they lead.</param>
/// <param name="Kind">Who is there.</param>
/// <param name="Protocol">What is spoken on them.</param>
/// <param name="MayStand">
/// HTTP/1.1: bodies or upgraded streams are sent on them, which stand still for as long as the other end does not read. Such connections are not ended for
/// lack of an acknowledgement, as the kernel counts a closed window as one.
/// </param>
/// <param name="Peer">The service that must be there, by its certificate; null: no TLS.</param>
internal readonly record struct UpstreamKey(string Identity, HostPort Address, TargetKind Kind, WireProtocol Protocol, bool MayStand, string? Peer = null)
{
    /// <summary>
    /// The bootstrap of this host names the address, not the registry: an own application, wherever it listens. Default: false, so that
    /// <see cref="GatewayMesh.Configuration.Reach.ReachRules"/> hold.
    /// </summary>
    public bool IsOwn { get; init; }

    /// <summary>The datacenter that its certificate must name too; empty for the own.</summary>
    public string Datacenter { get; init; } = "";
}
