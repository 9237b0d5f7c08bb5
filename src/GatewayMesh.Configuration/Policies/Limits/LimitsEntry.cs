using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Limits;

/// <summary>Declared <c>limits</c> of a service-policy; a null value is inherited.</summary>
public sealed record LimitsEntry
{
    /// <summary><c>maxConnections</c>: concurrent connections to all instances of the service.</summary>
    public int? MaxConnections { get; init; }

    /// <summary><c>maxPendingRequests</c>: requests waiting for a connection.</summary>
    public int? MaxPendingRequests { get; init; }

    /// <summary><c>maxConcurrentRequests</c>: concurrent requests to the service.</summary>
    public int? MaxConcurrentRequests { get; init; }

    /// <summary><c>maxConcurrentRetries</c>: concurrent additional attempts at the service.</summary>
    public int? MaxConcurrentRetries { get; init; }

    /// <summary><c>breaker</c>: the circuit breaker.</summary>
    public BreakerEntry Breaker { get => field ?? new(); init; } = new();

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
            reader.Fail(
                "maxConcurrentRetries",
                "is above maxConcurrentRequests, which also bounds retries",
                "raise maxConcurrentRequests, or remove maxConcurrentRetries");
        }

        return entry;
    }
}
