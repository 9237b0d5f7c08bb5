namespace GatewayMesh.Drills.Scenarios;

/// <summary>The behavior of a scenario's application.</summary>
/// <param name="Latency">Processing time of each request.</param>
internal sealed record ApplicationBehavior(TimeSpan Latency)
{
    /// <summary>Fraction of requests answered with 503, 0 to 1. Default: 0.</summary>
    public double Failing { get; init; }

    /// <summary>Requests processed concurrently; others wait in an unbounded queue. Default: unlimited.</summary>
    public int Workers { get; init; } = int.MaxValue;
}
