namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>Settings of the guard's supervision of the worker.</summary>
public sealed record GuardSpec
{
    /// <summary>Time between two private probes. Default: 100 ms.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Timeout of a private probe. Default: 250 ms.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Consecutive failed probes that make a worker suspect. Default: 3.</summary>
    public int ProbeFailures { get; init; } = 3;

    /// <summary>Wait before a dead worker is restarted, doubled at each crash. Default: 50 ms.</summary>
    public TimeSpan RestartBackoff { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest wait before a restart. Default: 5 s.</summary>
    public TimeSpan RestartBackoffMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time that a worker must stay ready after a crash before it is granted the lease. Default: 2 s.</summary>
    public TimeSpan FailbackAfter { get; init; } = TimeSpan.FromSeconds(2);
}
