namespace GatewayMesh.Proxy.Resilience;

/// <summary>A retry budget as it stands, over its last ten seconds.</summary>
/// <param name="Ratio">Retries for each request.</param>
/// <param name="MinPerSecond">Retries a second that are always allowed.</param>
/// <param name="Requests">Requests counted.</param>
/// <param name="Spent">Retries and hedges spent.</param>
/// <param name="Allowed">Retries and hedges that the window holds.</param>
public readonly record struct RetryBudgetView(double Ratio, int MinPerSecond, long Requests, long Spent, long Allowed)
{
    /// <summary>Retries that may be made at this moment.</summary>
    public long Left => Math.Max(0, Allowed - Spent);
}
