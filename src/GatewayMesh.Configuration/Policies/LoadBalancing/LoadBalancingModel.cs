using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>Load balancing: selection of a service's instance for each attempt.</summary>
public sealed record LoadBalancingModel
{
    /// <summary>The defaults.</summary>
    public static LoadBalancingModel Default { get; } = new();

    /// <summary>Selection of an instance. Default: <see cref="BalancingPolicy.PeakEwma"/>.</summary>
    public BalancingPolicy Policy { get; init; } = BalancingPolicy.PeakEwma;

    /// <summary>Peak EWMA and least request: number of sampled candidates. Default: 2.</summary>
    public int Choices { get; init; } = 2;

    /// <summary>Ring hash and maglev: hashed request properties, in order. Default: none; a request then goes to any instance.</summary>
    public ImmutableArray<HashKey> Hash { get; init; } = [];

    /// <summary>The ring of ring hash.</summary>
    public RingModel Ring { get; init; } = RingModel.Default;

    /// <summary>The table of maglev.</summary>
    public MaglevModel Maglev { get; init; } = MaglevModel.Default;

    /// <summary>Latency average of peak EWMA.</summary>
    public EwmaModel Ewma { get; init; } = EwmaModel.Default;

    /// <summary>Slow start of an instance.</summary>
    public SlowStartModel SlowStart { get; init; } = SlowStartModel.Default;

    /// <summary>Preference for the local zone.</summary>
    public ZoneModel Zone { get; init; } = ZoneModel.Default;

    /// <summary>
    /// Share of instances that are healthy and not ejected below which all instances are used regardless of their state; 0: never while one
    /// is left. Default: 0.5 (Envoy).
    /// </summary>
    public double PanicThreshold { get; init; } = 0.5;

    /// <summary>Compares by content.</summary>
    public bool IsEquivalent(LoadBalancingModel other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ReferenceEquals(this, other)
            || (this with { Hash = [] } == other with { Hash = [] } && Hash.AsSpan().SequenceEqual(other.Hash.AsSpan()));
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
