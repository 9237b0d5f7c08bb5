namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>The ring of <see cref="BalancingPolicy.RingHash"/>.</summary>
public sealed record RingModel
{
    /// <summary>Maximum ring size: 8,388,608 entries (Envoy).</summary>
    public const int Largest = 8 * 1024 * 1024;

    /// <summary>The defaults.</summary>
    public static RingModel Default { get; } = new();

    /// <summary>
    /// Minimum number of ring entries. The lightest instance has half as many and the others more in proportion to their weight, regardless
    /// of the number of instances. Default: 1,024 (Envoy).
    /// </summary>
    public int MinSize { get; init; } = 1024;

    /// <summary>
    /// Maximum number of ring entries, except that each instance has one; beyond it shares are less exact. Default: 8,388,608 (Envoy).
    /// </summary>
    public int MaxSize { get; init; } = Largest;

    internal RingModel Under(RingEntry entry)
    {
        var min = entry.MinSize ?? Math.Min(MinSize, entry.MaxSize ?? MinSize);
        return new RingModel { MinSize = min, MaxSize = Math.Max(min, entry.MaxSize ?? MaxSize) };
    }
}
