using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>One attempt at one instance.</summary>
/// <param name="Lease">The instance.</param>
/// <param name="Kind">Kind of the target.</param>
/// <param name="Upstream">Connections to the instance.</param>
/// <param name="Destination">Service that a gateway is asked to reach; null if the instance itself is the target.</param>
/// <param name="Source">Caller identity sent to the instance; null sends none.</param>
internal readonly record struct Hop(EndpointLease Lease, TargetKind Kind, Upstream Upstream, string? Destination, string? Source)
{
    /// <summary>True if the gateway is asked to bypass the callee's sidecars. Default: false.</summary>
    public bool Bypass { get; init; }
}
