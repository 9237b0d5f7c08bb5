namespace GatewayMesh.Configuration.Entries.Resolvers;

/// <summary>How a resolver shares requests out between instances (Consul: <c>LoadBalancer.Policy</c>).</summary>
public enum BalancerPolicy
{
    /// <summary>It does not say.</summary>
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
