namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>How one of a service's instances is picked for a request.</summary>
public enum BalancingPolicy
{
    /// <summary>Of some drawn at random the one with the least latency times load: <c>peakEwma</c> (Finagle, Linkerd).</summary>
    PeakEwma,

    /// <summary>Of some drawn at random the one with the fewest requests for its weight: <c>leastRequest</c> (Envoy, Consul <c>least_request</c>).</summary>
    LeastRequest,

    /// <summary>One after the other, each as often as its weight says: <c>roundRobin</c> (Envoy, Consul <c>round_robin</c>).</summary>
    RoundRobin,

    /// <summary>Drawn at random, weights left aside: <c>random</c> (Envoy, Consul <c>random</c>).</summary>
    Random,

    /// <summary>Drawn at random by weight: <c>weighted</c>.</summary>
    Weighted,

    /// <summary>By the hash of what <c>hash</c> names, on a ring: <c>ringHash</c> (ketama; Envoy, Consul <c>ring_hash</c>).</summary>
    RingHash,

    /// <summary>By the hash of what <c>hash</c> names, in a table: <c>maglev</c> (Eisenbud et al., NSDI 2016; Envoy, Consul <c>maglev</c>).</summary>
    Maglev,
}
