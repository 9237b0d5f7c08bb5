namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>The ring of <see cref="BalancingPolicy.RingHash"/>.</summary>
public sealed record RingModel
{
    /// <summary>The largest ring: 8,388,608 places (Envoy).</summary>
    public const int Largest = 8 * 1024 * 1024;

    /// <summary>The defaults.</summary>
    public static RingModel Default { get; } = new();

    /// <summary>Places on the ring at least. The lightest instance has half as many, the others as many more as their weight says, however many instances there are. Default: 1,024 (Envoy).</summary>
    public int MinSize { get; init; } = 1024;

    /// <summary>Places at most, but one for each instance; beyond it the shares are less exact. Default: 8,388,608 (Envoy).</summary>
    public int MaxSize { get; init; } = Largest;

    internal RingModel Under(RingEntry entry)
    {
        var min = entry.MinSize ?? Math.Min(MinSize, entry.MaxSize ?? MinSize);
        return new RingModel { MinSize = min, MaxSize = Math.Max(min, entry.MaxSize ?? MaxSize) };
    }
}
