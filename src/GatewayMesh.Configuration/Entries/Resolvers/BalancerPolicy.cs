namespace GatewayMesh.Configuration.Entries.Resolvers;

/// <summary>Load balancing policy of a resolver (Consul: <c>LoadBalancer.Policy</c>).</summary>
public enum BalancerPolicy
{
    /// <summary>Not declared.</summary>
    Unsaid,

    /// <summary><c>random</c>.</summary>
    Random,

    /// <summary><c>round_robin</c>.</summary>
    RoundRobin,

    /// <summary><c>least_request</c>.</summary>
    LeastRequest,

    /// <summary><c>ring_hash</c>.</summary>
    RingHash,

    /// <summary><c>maglev</c>.</summary>
    Maglev,
}
