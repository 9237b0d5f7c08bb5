namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>How the guard watches the worker.</summary>
public sealed record GuardSpec
{
    /// <summary>Time between two private probes. Default: 100 ms.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Time a private probe may take. Default: 250 ms.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Failed probes in a row that make a worker suspect. Default: 3.</summary>
    public int ProbeFailures { get; init; } = 3;

    /// <summary>Wait before a dead worker is started again, doubled at each crash. Default: 50 ms.</summary>
    public TimeSpan RestartBackoff { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest such wait. Default: 5 s.</summary>
    public TimeSpan RestartBackoffMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a worker must have been ready after a crash before it is granted the lease. Default: 2 s.</summary>
    public TimeSpan FailbackAfter { get; init; } = TimeSpan.FromSeconds(2);
}
