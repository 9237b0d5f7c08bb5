namespace GatewayMesh.Configuration.Policies.Limits;

/// <summary>When a proxy stops calling a service that fails, for a while.</summary>
public sealed record BreakerModel
{
    /// <summary>The shortest <see cref="Window"/>.</summary>
    public static readonly TimeSpan ShortestWindow = TimeSpan.FromMilliseconds(100);

    /// <summary>The defaults.</summary>
    public static BreakerModel Default { get; } = new();

    /// <summary>Whether there is one. Default: false, as the ejection of single instances is what one wants first.</summary>
    public bool Enabled { get; init; }

    /// <summary>What counts as a failure. Default: <see cref="BreakerFailures.GatewayError"/>.</summary>
    public BreakerFailures Failures { get; init; }

    /// <summary>Share of failures among the attempts of the window at which it opens, above 0 up to 1. Default: 0.5.</summary>
    public double FailureRatio { get; init; } = 0.5;

    /// <summary>Attempts within the window below which it never opens. Default: 20.</summary>
    public int MinimumRequests { get; init; } = 20;

    /// <summary>How far back attempts count, in steps of a tenth. Default: 10 s.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long it stays open before one request tries; as long again when that one fails. Default: 5 s.</summary>
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
