using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>One try at one instance.</summary>
/// <param name="Lease">The instance.</param>
/// <param name="Kind">Who is there.</param>
/// <param name="Upstream">The connections to it.</param>
/// <param name="Destination">The service that a gateway is asked to reach; null when the instance itself is meant.</param>
/// <param name="Source">What the instance is told of the caller; null: nothing.</param>
internal readonly record struct Hop(EndpointLease Lease, TargetKind Kind, Upstream Upstream, string? Destination, string? Source)
{
    /// <summary>The gateway is asked to go past the callee's sidecars. Default: false.</summary>
    public bool Bypass { get; init; }
}
