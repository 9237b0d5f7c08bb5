namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>How the latency of instances is remembered: an average in which what is recent counts most, and to which a peak jumps at once.</summary>
public sealed record EwmaModel
{
    /// <summary>The defaults.</summary>
    public static EwmaModel Default { get; } = new();

    /// <summary>The time in which what was measured loses all but 37 % (1/e) of its weight. Default: 10 s (Finagle, Linkerd).</summary>
    public TimeSpan Decay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What an instance counts as that nothing was measured of. Default: 30 ms (Linkerd).</summary>
    public TimeSpan DefaultRtt { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <summary>What an attempt counts as that brought no answer, so that an instance that fails fast does not draw traffic; zero: nothing. Default: 1 s.</summary>
    public TimeSpan FailurePenalty { get; init; } = TimeSpan.FromSeconds(1);

    internal EwmaModel Under(EwmaEntry entry) => this with
    {
        Decay = entry.Decay ?? Decay,
        DefaultRtt = entry.DefaultRtt ?? DefaultRtt,
        FailurePenalty = entry.FailurePenalty ?? FailurePenalty,
    };
}
