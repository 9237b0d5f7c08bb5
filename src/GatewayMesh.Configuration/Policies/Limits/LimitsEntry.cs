using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Limits;

/// <summary><c>limits</c> of a service-policy, as declared; what is null falls to the policy beneath.</summary>
public sealed record LimitsEntry
{
    /// <summary><c>maxConnections</c>: connections to all instances of the service at one time.</summary>
    public int? MaxConnections { get; init; }

    /// <summary><c>maxPendingRequests</c>: requests that wait for a connection at one time.</summary>
    public int? MaxPendingRequests { get; init; }

    /// <summary><c>maxConcurrentRequests</c>: requests to the service at one time.</summary>
    public int? MaxConcurrentRequests { get; init; }

    /// <summary><c>maxConcurrentRetries</c>: further attempts at the service at one time.</summary>
    public int? MaxConcurrentRetries { get; init; }

    /// <summary><c>breaker</c>: the circuit breaker on failures.</summary>
    public BreakerEntry Breaker { get; init; } = new();

    internal static LimitsEntry Bind(MappingReader reader)
    {
        var entry = new LimitsEntry
        {
            MaxConnections = reader.OrNull("maxConnections", ScalarTypes.Number(1, 1_000_000)),
            MaxPendingRequests = reader.OrNull("maxPendingRequests", ScalarTypes.Number(0, 1_000_000)),
            MaxConcurrentRequests = reader.OrNull("maxConcurrentRequests", ScalarTypes.Number(1, 1_000_000)),
            MaxConcurrentRetries = reader.OrNull("maxConcurrentRetries", ScalarTypes.Number(0, 1_000_000)),
            Breaker = reader.Section("breaker", BreakerEntry.Bind),
        };
        if (entry.MaxConcurrentRetries > entry.MaxConcurrentRequests)
        {
            reader.Fail("maxConcurrentRetries", "is more than maxConcurrentRequests, which bounds retries too", "make maxConcurrentRequests the larger one, or leave maxConcurrentRetries out");
        }

        return entry;
    }
}
