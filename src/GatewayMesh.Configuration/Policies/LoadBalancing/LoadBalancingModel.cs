using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>How one of a service's instances is picked for each attempt.</summary>
public sealed record LoadBalancingModel
{
    /// <summary>The defaults.</summary>
    public static LoadBalancingModel Default { get; } = new();

    /// <summary>How an instance is picked. Default: <see cref="BalancingPolicy.PeakEwma"/>.</summary>
    public BalancingPolicy Policy { get; init; } = BalancingPolicy.PeakEwma;

    /// <summary>Peak EWMA and least request: how many are drawn to pick the best of. Default: 2.</summary>
    public int Choices { get; init; } = 2;

    /// <summary>Ring hash and maglev: what of a request is hashed, in order. Default: nothing, and then a request goes anywhere.</summary>
    public ImmutableArray<HashKey> Hash { get; init; } = [];

    /// <summary>The ring of ring hash.</summary>
    public RingModel Ring { get; init; } = RingModel.Default;

    /// <summary>The table of maglev.</summary>
    public MaglevModel Maglev { get; init; } = MaglevModel.Default;

    /// <summary>How peak EWMA remembers latency.</summary>
    public EwmaModel Ewma { get; init; } = EwmaModel.Default;

    /// <summary>How an instance comes to its share.</summary>
    public SlowStartModel SlowStart { get; init; } = SlowStartModel.Default;

    /// <summary>Whether the own zone goes first.</summary>
    public ZoneModel Zone { get; init; } = ZoneModel.Default;

    /// <summary>While less than this share of the instances is healthy and not ejected, all are used, whatever is said of them; 0: never while one is left. Default: 0.5 (Envoy).</summary>
    public double PanicThreshold { get; init; } = 0.5;

    /// <summary>Whether the two say the same.</summary>
    public bool SaysTheSame(LoadBalancingModel other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ReferenceEquals(this, other) || (this with { Hash = [] } == other with { Hash = [] } && Hash.AsSpan().SequenceEqual(other.Hash.AsSpan()));
    }

    internal LoadBalancingModel Under(LoadBalancingEntry entry) => this with
    {
        Policy = entry.Policy ?? Policy,
        Choices = entry.Choices ?? Choices,
        Hash = entry.Hash ?? (entry.Policy is null ? Hash : []),
        Ring = Ring.Under(entry.Ring),
        Maglev = Maglev.Under(entry.Maglev),
        Ewma = Ewma.Under(entry.Ewma),
        SlowStart = SlowStart.Under(entry.SlowStart),
        Zone = Zone.Under(entry.Zone),
        PanicThreshold = entry.PanicThreshold ?? PanicThreshold,
    };
}
