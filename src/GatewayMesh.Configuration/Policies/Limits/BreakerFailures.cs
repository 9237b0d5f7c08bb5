namespace GatewayMesh.Configuration.Policies.Limits;

/// <summary>Which attempts count against a service in its circuit breaker.</summary>
public enum BreakerFailures
{
    /// <summary>No answer (not reached, reset, timed out), 502, 503 or 504, or status 14 of gRPC (<c>gateway-error</c>).</summary>
    GatewayError,

    /// <summary>Those, every other 5xx, and the statuses 2, 4, 13 and 15 of gRPC (<c>5xx</c>).</summary>
    ServerError,
}
