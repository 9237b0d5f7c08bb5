namespace GatewayMesh.Registry.Consul.Certificates;

/// <summary>
/// The roots that a node trusts: Consul's current roots, and removed roots for one more minute, so that peers with leaves from a removed
/// root have time to get new leaves. Not safe for concurrent use.
/// </summary>
/// <param name="time">Clock of the grace period.</param>
internal sealed class TrustedRoots(TimeProvider time)
{
    /// <summary>Time for which a removed root stays trusted: 60 s.</summary>
    public static TimeSpan Grace { get; } = TimeSpan.FromSeconds(60);

    private readonly List<(ConsulRoot Root, long GoneAt)> _gone = [];
    private ConsulRoots _roots = new("", []);

    /// <summary>Time until the next removed root expires; null when there is none.</summary>
    public TimeSpan? NextExpiry =>
        _gone.Count == 0 ? null : TimeSpan.FromTicks(Math.Max(0, _gone.Min(gone => (Grace - time.GetElapsedTime(gone.GoneAt)).Ticks)));

    /// <summary>Restores the roots of the previous process. They count as removed at the first answer without them.</summary>
    public void Recall(ConsulRoots roots) => _roots = roots;

    /// <summary>Takes Consul's current roots.</summary>
    public void Take(ConsulRoots roots)
    {
        var now = time.GetTimestamp();
        _ = _gone.RemoveAll(gone => Has(roots, gone.Root));
        _gone.AddRange(_roots.Roots.Where(root => !Has(roots, root)).Select(root => (root, now)));
        _roots = roots;
    }

    /// <summary>The trust bundle now, as PEM, the active root first.</summary>
    public string ToPem()
    {
        _ = _gone.RemoveAll(gone => time.GetElapsedTime(gone.GoneAt) >= Grace);
        return _roots.ToPem(_gone.Select(gone => gone.Root));
    }

    private static bool Has(ConsulRoots roots, ConsulRoot root) => roots.Roots.Any(other => other.Fingerprint == root.Fingerprint);
}
