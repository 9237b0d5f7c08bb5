namespace GatewayMesh.Configuration.Policies.Ejection;

/// <summary>
/// Ejects instances whose mean time to response head in the last interval is more than <see cref="Factor"/> times the median of all
/// instances' means. The median, because one slow instance shifts it by one position at most; the mean, because it costs one addition per
/// request.
/// </summary>
public sealed record LatencyModel
{
    /// <summary>The defaults.</summary>
    public static LatencyModel Default { get; } = new();

    /// <summary>True to enforce the latency bound. Default: false, since peak EWMA already sends less to a slow instance.</summary>
    public bool Enabled { get; init; }

    /// <summary>Multiple of the median that counts as slow. Default: 3.</summary>
    public double Factor { get; init; } = 3;

    /// <summary>Mean below which an instance never counts as slow. Default: 10 ms.</summary>
    public TimeSpan AtLeast { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Minimum number of instances with enough responses. Default: 5.</summary>
    public int MinimumHosts { get; init; } = 5;

    /// <summary>Number of responses in an interval that is enough. Default: 100.</summary>
    public int RequestVolume { get; init; } = 100;

    internal LatencyModel Under(LatencyEntry entry) => new()
    {
        Enabled = entry.Enabled ?? Enabled,
        Factor = entry.Factor ?? Factor,
        AtLeast = entry.AtLeast ?? AtLeast,
        MinimumHosts = entry.MinimumHosts ?? MinimumHosts,
        RequestVolume = entry.RequestVolume ?? RequestVolume,
    };
}
