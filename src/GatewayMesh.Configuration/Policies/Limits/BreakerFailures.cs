namespace GatewayMesh.Configuration.Policies.Limits;

/// <summary>Attempts that count as failures in a service's circuit breaker.</summary>
public enum BreakerFailures
{
    /// <summary>No response (unreachable, reset, timed out), 502, 503, 504, or gRPC status 14 (<c>gateway-error</c>).</summary>
    GatewayError,

    /// <summary>The above, every other 5xx, and gRPC statuses 2, 4, 13, and 15 (<c>5xx</c>).</summary>
    ServerError,
}
