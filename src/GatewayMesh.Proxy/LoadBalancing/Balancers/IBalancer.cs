namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>
/// Selects one instance from a fixed list. Created together with the list; derived structures (rings, tables, schedules) are immutable.
/// Takes no lock and allocates nothing.
/// </summary>
internal interface IBalancer
{
    /// <summary>Returns one of the instances that <paramref name="candidates"/> admit; null if there is none.</summary>
    EndpointState? Choose(in Candidates candidates, SplitMix random);
}
