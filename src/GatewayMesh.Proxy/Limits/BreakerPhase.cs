namespace GatewayMesh.Proxy.Limits;

/// <summary>Where a circuit breaker stands.</summary>
public enum BreakerPhase
{
    /// <summary>Attempts pass and are counted.</summary>
    Closed,

    /// <summary>Nothing passes until the time is over.</summary>
    Open,

    /// <summary>One request tries; nothing else passes.</summary>
    HalfOpen,
}
