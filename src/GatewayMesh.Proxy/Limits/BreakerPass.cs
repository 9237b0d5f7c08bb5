namespace GatewayMesh.Proxy.Limits;

/// <summary>
/// Pass of an attempt through a circuit breaker. End the pass exactly once. The default value belongs to no circuit breaker.
/// </summary>
internal readonly struct BreakerPass(Breaker breaker, Breaker.BreakerState began)
{
    /// <summary>True if the pass belongs to a circuit breaker.</summary>
    public bool IsSet => breaker is not null;

    /// <summary>Circuit breaker of this pass.</summary>
    public Breaker Breaker => breaker;

    /// <summary>Ends the attempt: failed, succeeded, or (null) inconclusive.</summary>
    public void End(bool? failed) => breaker?.End(began, failed);
}
