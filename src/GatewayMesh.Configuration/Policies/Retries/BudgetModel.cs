namespace GatewayMesh.Configuration.Policies.Retries;

/// <summary>
/// Budget of a process for retries and hedges to one service, over the last ten seconds. A second budget, from the policy named <c>*</c>,
/// covers all services together.
/// </summary>
public sealed record BudgetModel
{
    /// <summary>Retries and hedges per request, 0 to 1. Default: 0.2, as in Linkerd and Envoy.</summary>
    public double Ratio { get; init; } = 0.2;

    /// <summary>Retries and hedges per second, regardless of the number of requests. Default: 10, as in Linkerd.</summary>
    public int MinPerSecond { get; init; } = 10;

    internal BudgetModel Under(BudgetEntry entry) =>
        this with { Ratio = entry.Ratio ?? Ratio, MinPerSecond = entry.MinPerSecond ?? MinPerSecond };
}
