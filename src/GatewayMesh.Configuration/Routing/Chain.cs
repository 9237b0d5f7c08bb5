namespace GatewayMesh.Configuration.Routing;

/// <summary>The way from the name of a service to instances, as Consul's discovery chain of that name has it.</summary>
/// <param name="Service">The name that is asked for.</param>
/// <param name="Protocol">Protocol of all services on the way as they declare it, <c>tcp</c> where none does: Consul's reading, which permits routers and splitters or not.</param>
/// <param name="Start">Where the way begins.</param>
public sealed record Chain(string Service, string Protocol, RouteNode Start)
{
    /// <summary>Whether it leads straight to all instances of the service itself, and says nothing of how.</summary>
    public bool IsPlain =>
        Start is ResolverNode { IsDefault: true, Failover.IsEmpty: true, Target: { Subset: "" } target } && target.Service == Service;
}
