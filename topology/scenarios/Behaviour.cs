namespace GatewayMesh.Scenarios;

/// <summary>How an application answers.</summary>
/// <param name="Latency">Time of each request's work.</param>
internal sealed record Behaviour(TimeSpan Latency)
{
    /// <summary>Share of the requests that it answers with 503, 0 to 1. Default: 0.</summary>
    public double Failing { get; init; }

    /// <summary>Requests that it works on at a time; the others wait in its queue, which has no end. Default: no bound.</summary>
    public int Workers { get; init; } = int.MaxValue;
}
