namespace GatewayMesh.Proxy.Limits;

/// <summary>Kinds of limits; also the label <c>limit</c> of their metrics.</summary>
internal enum LimitKind
{
    /// <summary><c>maxConcurrentRequests</c>.</summary>
    Requests,

    /// <summary><c>maxConnections</c>.</summary>
    Connections,

    /// <summary><c>maxPendingRequests</c>.</summary>
    Pending,

    /// <summary><c>maxConcurrentRetries</c>.</summary>
    Retries,

    /// <summary>The circuit breaker.</summary>
    Breaker,

    /// <summary>The limit found by adaptive concurrency.</summary>
    Concurrency,
}
