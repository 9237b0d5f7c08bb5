namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>Latency average of instances: an exponentially weighted moving average that jumps to a peak at once.</summary>
public sealed record EwmaModel
{
    /// <summary>The defaults.</summary>
    public static EwmaModel Default { get; } = new();

    /// <summary>Time in which a measurement decays to 37 % (1/e) of its weight. Default: 10 s (Finagle, Linkerd).</summary>
    public TimeSpan Decay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Assumed latency of an instance without measurements. Default: 30 ms (Linkerd).</summary>
    public TimeSpan DefaultRtt { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <summary>
    /// Assumed latency of an attempt without a response, so that an instance that fails fast does not attract traffic; zero: none. Default:
    /// 1 s.
    /// </summary>
    public TimeSpan FailurePenalty { get; init; } = TimeSpan.FromSeconds(1);

    internal EwmaModel Under(EwmaEntry entry) => this with
    {
        Decay = entry.Decay ?? Decay,
        DefaultRtt = entry.DefaultRtt ?? DefaultRtt,
        FailurePenalty = entry.FailurePenalty ?? FailurePenalty,
    };
}
