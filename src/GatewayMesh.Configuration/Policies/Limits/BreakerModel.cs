namespace GatewayMesh.Configuration.Policies.Limits;

/// <summary>Circuit breaker: a proxy stops calling a failing service for a while.</summary>
public sealed record BreakerModel
{
    /// <summary>Minimum <see cref="Window"/>.</summary>
    public static readonly TimeSpan ShortestWindow = TimeSpan.FromMilliseconds(100);

    /// <summary>The defaults.</summary>
    public static BreakerModel Default { get; } = new();

    /// <summary>True to use a circuit breaker. Default: false, since the ejection of single instances should act first.</summary>
    public bool Enabled { get; init; }

    /// <summary>Attempts that count as failures. Default: <see cref="BreakerFailures.GatewayError"/>.</summary>
    public BreakerFailures Failures { get; init; }

    /// <summary>Share of failures in the window at which the breaker opens, above 0 up to 1. Default: 0.5.</summary>
    public double FailureRatio { get; init; } = 0.5;

    /// <summary>Minimum number of attempts in the window for the breaker to open. Default: 20.</summary>
    public int MinimumRequests { get; init; } = 20;

    /// <summary>Sliding window of attempts, in steps of a tenth. Default: 10 s.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time that the breaker stays open before a trial request; a failed trial restarts the time. Default: 5 s.</summary>
    public TimeSpan OpenFor { get; init; } = TimeSpan.FromSeconds(5);

    internal BreakerModel Under(BreakerEntry entry) => this with
    {
        Enabled = entry.Enabled ?? Enabled,
        Failures = entry.Failures ?? Failures,
        FailureRatio = entry.FailureRatio ?? FailureRatio,
        MinimumRequests = entry.MinimumRequests ?? MinimumRequests,
        Window = entry.Window ?? Window,
        OpenFor = entry.OpenFor ?? OpenFor,
    };
}
