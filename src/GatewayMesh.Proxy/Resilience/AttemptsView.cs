namespace GatewayMesh.Proxy.Resilience;

/// <summary>What may be spent at this moment on further attempts at a service.</summary>
/// <param name="Service">The service's own budget.</param>
/// <param name="Process">The budget of the process, over all services.</param>
/// <param name="HedgeAfter">Time without an answer after which a request is hedged; null when it is not, or too few latencies are known.</param>
public sealed record AttemptsView(RetryBudgetView Service, RetryBudgetView Process, TimeSpan? HedgeAfter);
