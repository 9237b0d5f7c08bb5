namespace GatewayMesh.Configuration.Policies.Limits;

/// <summary>
/// What a caller's proxy spares a service: each proxy counts its own requests, as Envoy's circuit breakers and Consul's
/// <c>UpstreamConfig.Limits</c> do. All numbers are for the service as a whole, over all of its instances and subsets.
/// </summary>
public sealed record LimitsModel
{
    /// <summary>The defaults, which are Envoy's.</summary>
    public static LimitsModel Default { get; } = new();

    /// <summary>
    /// Connections that carry requests at one time. On HTTP/1.1 each request in flight holds one; on HTTP/2 one is opened for each instance whatever the
    /// number, and more of them only within it. A request that finds none waits. Default: 1024.
    /// </summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>Requests that wait for a connection at one time, each no longer than its own deadline; one more is refused. 0: nobody waits. Default: 1024.</summary>
    public int MaxPendingRequests { get; init; } = 1024;

    /// <summary>Requests at one time, those that wait included; one more is refused. Default: 1024.</summary>
    public int MaxConcurrentRequests { get; init; } = 1024;

    /// <summary>
    /// Further attempts (retries, failovers, hedges) at one time; null: the retry budget alone bounds them, as in Envoy, where a budget stands in place of
    /// <c>max_retries</c> (3). Default: null.
    /// </summary>
    public int? MaxConcurrentRetries { get; init; }

    /// <summary>The circuit breaker on failures.</summary>
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
