namespace GatewayMesh.Configuration.Routing;

/// <summary>Route from a service name to instances, equal to Consul's discovery chain of that name.</summary>
/// <param name="Service">Requested service name.</param>
/// <param name="Protocol">Declared protocol of all services in the chain, <c>tcp</c> where none declares one: as in Consul, it decides
/// whether routers and splitters are permitted.</param>
/// <param name="Start">First node.</param>
public sealed record Chain(string Service, string Protocol, RouteNode Start)
{
    /// <summary>True if the chain leads directly to all instances of the service itself and changes nothing.</summary>
    public bool IsPlain =>
        Start is ResolverNode { IsDefault: true, Failover.IsEmpty: true, Target: { Subset: "" } target } && target.Service == Service;
}
