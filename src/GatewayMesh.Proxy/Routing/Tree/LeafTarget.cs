using GatewayMesh.Configuration.Policies;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>Instances at the end of a way, and how calls are made to them on this way.</summary>
/// <param name="Id">Id of the target, as Consul writes it.</param>
/// <param name="Instances">They, live.</param>
/// <param name="Policy">The policy of their service, with what the rule and the resolver say laid over it.</param>
internal sealed record LeafTarget(string Id, EndpointSet Instances, PolicyModel Policy);
