namespace GatewayMesh.Proxy.Resilience;

/// <summary>Retry budget over its last ten seconds.</summary>
/// <param name="Ratio">Retries per request.</param>
/// <param name="MinPerSecond">Retries per second that are always allowed.</param>
/// <param name="Requests">Counted requests.</param>
/// <param name="Spent">Spent retries and hedges.</param>
/// <param name="Allowed">Retries and hedges allowed in the window.</param>
public readonly record struct RetryBudgetView(double Ratio, int MinPerSecond, long Requests, long Spent, long Allowed)
{
    /// <summary>Number of retries that are currently left.</summary>
    public long Left => Math.Max(0, Allowed - Spent);
}
