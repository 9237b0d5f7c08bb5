namespace GatewayMesh.Bench.Runs;

/// <summary>Results of one load against one deployment in one round.</summary>
internal sealed record Measurement(string Step, string Deployment, int Round)
{
    /// <summary>Completed requests.</summary>
    public long Requests { get; init; }

    /// <summary>Completed requests whose status was not from 200 to 299.</summary>
    public long Failures { get; init; }

    /// <summary>Completed requests per second.</summary>
    public double RequestsPerSecond { get; init; }

    /// <summary>Requests per second that the load wanted; null: as many as possible.</summary>
    public int? WantedPerSecond { get; init; }

    /// <summary>Processor time of all processes of the deployment for a request, in microseconds.</summary>
    public double ProcessorMicroseconds { get; init; }

    /// <summary>Half of the requests took at most this long, in microseconds; 0 without a rate.</summary>
    public double P50Microseconds { get; init; }

    /// <summary>99 of 100 requests took at most this long, in microseconds; 0 without a rate.</summary>
    public double P99Microseconds { get; init; }

    /// <summary>Bytes of bodies per second, in megabytes.</summary>
    public double MegabytesPerSecond { get; init; }

    /// <summary>
    /// Private memory of each process of the first hop, in megabytes, parents first: after the load, or idle after a restart.
    /// </summary>
    public IReadOnlyList<double> PrivateMegabytes { get; init; } = [];

    /// <summary>Time from the start of a worker until it was ready, in milliseconds; 0 in other steps.</summary>
    public double ReadyMilliseconds { get; init; }
}
