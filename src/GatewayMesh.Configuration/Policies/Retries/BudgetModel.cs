namespace GatewayMesh.Configuration.Policies.Retries;

/// <summary>How many retries and hedges a process may send to one service, over the last ten seconds. The process has a budget over all services beside it, with the terms of the policy named <c>*</c>.</summary>
public sealed record BudgetModel
{
    /// <summary>For each request, 0 to 1. Default: 0.2, as in Linkerd and Envoy.</summary>
    public double Ratio { get; init; } = 0.2;

    /// <summary>A second, whatever the number of requests. Default: 10, as in Linkerd.</summary>
    public int MinPerSecond { get; init; } = 10;

    internal BudgetModel Under(BudgetEntry entry) => this with { Ratio = entry.Ratio ?? Ratio, MinPerSecond = entry.MinPerSecond ?? MinPerSecond };
}
