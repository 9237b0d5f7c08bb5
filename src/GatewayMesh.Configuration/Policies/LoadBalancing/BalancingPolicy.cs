namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>Selection of an instance for a request.</summary>
public enum BalancingPolicy
{
    /// <summary>
    /// Samples instances at random and selects the lowest product of latency and load: <c>peakEwma</c> (Finagle, Linkerd).
    /// </summary>
    PeakEwma,

    /// <summary>
    /// Samples instances at random and selects the fewest requests relative to weight: <c>leastRequest</c> (Envoy, Consul
    /// <c>least_request</c>).
    /// </summary>
    LeastRequest,

    /// <summary>Selects instances in turn, as often as their weight: <c>roundRobin</c> (Envoy, Consul <c>round_robin</c>).</summary>
    RoundRobin,

    /// <summary>Selects at random, ignoring weights: <c>random</c> (Envoy, Consul <c>random</c>).</summary>
    Random,

    /// <summary>Selects at random by weight: <c>weighted</c>.</summary>
    Weighted,

    /// <summary>
    /// Selects by the hash of the keys in <c>hash</c>, on a ring: <c>ringHash</c> (ketama; Envoy, Consul <c>ring_hash</c>).
    /// </summary>
    RingHash,

    /// <summary>
    /// Selects by the hash of the keys in <c>hash</c>, in a table: <c>maglev</c> (Eisenbud et al., NSDI 2016; Envoy, Consul <c>maglev</c>).
    /// </summary>
    Maglev,
}
