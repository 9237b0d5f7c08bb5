using GatewayMesh.Configuration.Policies;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>Instances at the end of a route, with the policy of calls on this route.</summary>
/// <param name="Id">ID of the target, in Consul's form.</param>
/// <param name="Instances">Live instances.</param>
/// <param name="Policy">Policy of the instances' service with the overrides of rule and resolver.</param>
internal sealed record LeafTarget(string Id, EndpointSet Instances, PolicyModel Policy)
{
    /// <summary>
    /// Index of the leaf's first target that requires the same token and the same authorization. Compared by content once, when the leaf is
    /// compiled. Default: 0.
    /// </summary>
    public int Checks { get; init; }
}
