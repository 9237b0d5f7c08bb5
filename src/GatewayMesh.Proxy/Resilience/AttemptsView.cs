namespace GatewayMesh.Proxy.Resilience;

/// <summary>Current budgets for further attempts at a service.</summary>
/// <param name="Service">Budget of the service.</param>
/// <param name="Process">Budget of the process, over all services.</param>
/// <param name="HedgeAfter">Time without a response after which a request is hedged; null if hedging is off or too few latencies are
/// known.</param>
public sealed record AttemptsView(RetryBudgetView Service, RetryBudgetView Process, TimeSpan? HedgeAfter);
