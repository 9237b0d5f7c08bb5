namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>How one of a fixed list of instances is picked. Made when the list is made; what it builds of it (rings, tables, schedules) is immutable. No lock and no allocation.</summary>
internal interface IBalancer
{
    /// <summary>One of the instances that <paramref name="candidates"/> admit; null when there is none.</summary>
    EndpointState? Choose(in Candidates candidates, SplitMix random);
}
