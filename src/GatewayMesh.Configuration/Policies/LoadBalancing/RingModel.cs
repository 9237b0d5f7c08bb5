namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>The ring of <see cref="BalancingPolicy.RingHash"/>.</summary>
public sealed record RingModel
{
    /// <summary>The largest ring: 8,388,608 places (Envoy).</summary>
    public const int Largest = 8 * 1024 * 1024;

    /// <summary>The defaults.</summary>
    public static RingModel Default { get; } = new();

    /// <summary>Places on the ring at least; an instance gets as many as its weight says. Default: 1,024 (Envoy).</summary>
    public int MinSize { get; init; } = 1024;

    /// <summary>Places at most; beyond it the shares are less exact. Default: 8,388,608 (Envoy).</summary>
    public int MaxSize { get; init; } = Largest;

    internal RingModel Under(RingEntry entry)
    {
        var min = entry.MinSize ?? Math.Min(MinSize, entry.MaxSize ?? MinSize);
        return new RingModel { MinSize = min, MaxSize = Math.Max(min, entry.MaxSize ?? MaxSize) };
    }
}
