namespace GatewayMesh.Proxy.Limits;

/// <summary>An attempt that a circuit breaker let pass. End it exactly once; the default one is of no breaker.</summary>
internal readonly struct BreakerPass(Breaker breaker, Breaker.BreakerState began)
{
    /// <summary>Whether there is a breaker that wants to hear of it.</summary>
    public bool IsSet => breaker is not null;

    /// <summary>The breaker that let it pass.</summary>
    public Breaker Breaker => breaker;

    /// <summary>The attempt is over: failed, well, or (null) it shows nothing.</summary>
    public void End(bool? failed) => breaker?.End(began, failed);
}
