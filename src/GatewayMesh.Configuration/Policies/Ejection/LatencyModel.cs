namespace GatewayMesh.Configuration.Policies.Ejection;

/// <summary>
/// Ejects those whose mean time to the head of an answer in the last interval is more than <see cref="Factor"/> times the median of the instances' means. The
/// median, because one slow instance moves it by a place at most; the mean of each, because it costs one addition a request.
/// </summary>
public sealed record LatencyModel
{
    /// <summary>The defaults.</summary>
    public static LatencyModel Default { get; } = new();

    /// <summary>Whether it is looked at. Default: false: peak EWMA sends a slow instance less by itself.</summary>
    public bool Enabled { get; init; }

    /// <summary>How many times as slow as the median. Default: 3.</summary>
    public double Factor { get; init; } = 3;

    /// <summary>A mean under this is never slow. Default: 10 ms.</summary>
    public TimeSpan AtLeast { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Instances that must have had enough answers. Default: 5.</summary>
    public int MinimumHosts { get; init; } = 5;

    /// <summary>Answers of an interval that are enough. Default: 100.</summary>
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
