namespace GatewayMesh.Configuration.Policies.Limits;

/// <summary>
/// Limits of a caller's proxy on one service. Each proxy counts its own requests, like Envoy's circuit breakers and Consul's
/// <c>UpstreamConfig.Limits</c>. All numbers apply to the whole service, over all instances and subsets.
/// </summary>
public sealed record LimitsModel
{
    /// <summary>The defaults, which are Envoy's.</summary>
    public static LimitsModel Default { get; } = new();

    /// <summary>
    /// Concurrent connections that carry requests. On HTTP/1.1 each request in flight holds a connection; on HTTP/2 each instance gets a
    /// connection regardless of the limit, and further connections only within the limit. A request without a free connection waits.
    /// Default: 1024.
    /// </summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>
    /// Requests waiting for a connection, each bounded by its own deadline; further requests are refused. 0: no request waits. Default:
    /// 1024.
    /// </summary>
    public int MaxPendingRequests { get; init; } = 1024;

    /// <summary>Concurrent requests, waiting requests included; further requests are refused. Default: 1024.</summary>
    public int MaxConcurrentRequests { get; init; } = 1024;

    /// <summary>
    /// Concurrent additional attempts (retries, failovers, hedges); null: bounded only by the retry budget, as in Envoy, where a budget
    /// replaces <c>max_retries</c> (3). Default: null.
    /// </summary>
    public int? MaxConcurrentRetries { get; init; }

    /// <summary>The circuit breaker.</summary>
    public BreakerModel Breaker { get; init; } = BreakerModel.Default;

    internal LimitsModel Under(LimitsEntry entry) => this with
    {
        MaxConnections = entry.MaxConnections ?? MaxConnections,
        MaxPendingRequests = entry.MaxPendingRequests ?? MaxPendingRequests,
        MaxConcurrentRequests = entry.MaxConcurrentRequests ?? MaxConcurrentRequests,
        MaxConcurrentRetries = entry.MaxConcurrentRetries ?? MaxConcurrentRetries,
        Breaker = Breaker.Under(entry.Breaker),
    };
}
