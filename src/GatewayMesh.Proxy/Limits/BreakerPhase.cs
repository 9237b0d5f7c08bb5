namespace GatewayMesh.Proxy.Limits;

/// <summary>Phase of a circuit breaker.</summary>
public enum BreakerPhase
{
    /// <summary>Attempts pass and are counted.</summary>
    Closed,

    /// <summary>No attempt passes until the time has elapsed.</summary>
    Open,

    /// <summary>One trial request passes, no others.</summary>
    HalfOpen,
}
