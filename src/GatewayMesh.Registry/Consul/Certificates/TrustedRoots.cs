namespace GatewayMesh.Registry.Consul.Certificates;

/// <summary>
/// The roots that a node trusts: those that Consul says, and for a minute more those that it said before, so that peers whose leafs come from
/// them have time to get new ones. Not for use by several threads at once.
/// </summary>
/// <param name="time">Clock of that minute.</param>
internal sealed class TrustedRoots(TimeProvider time)
{
    /// <summary>How long a root that vanished is still trusted: 60 s.</summary>
    public static TimeSpan Grace { get; } = TimeSpan.FromSeconds(60);

    private readonly List<(ConsulRoot Root, long GoneAt)> _gone = [];
    private ConsulRoots _roots = new("", []);

    /// <summary>When the next root that vanished is to be let go; null when there is none.</summary>
    public TimeSpan? LetGoIn => _gone.Count == 0 ? null : TimeSpan.FromTicks(Math.Max(0, _gone.Min(gone => (Grace - time.GetElapsedTime(gone.GoneAt)).Ticks)));

    /// <summary>What was trusted by the process before this one: it counts as vanished at the first answer without it.</summary>
    public void Recall(ConsulRoots roots) => _roots = roots;

    /// <summary>Consul says these now.</summary>
    public void Take(ConsulRoots roots)
    {
        var now = time.GetTimestamp();
        _ = _gone.RemoveAll(gone => Has(roots, gone.Root));
        _gone.AddRange(_roots.Roots.Where(root => !Has(roots, root)).Select(root => (root, now)));
        _roots = roots;
    }

    /// <summary>What to trust now, as PEM, the active root first.</summary>
    public string ToPem()
    {
        _ = _gone.RemoveAll(gone => time.GetElapsedTime(gone.GoneAt) >= Grace);
        return _roots.ToPem(_gone.Select(gone => gone.Root));
    }

    private static bool Has(ConsulRoots roots, ConsulRoot root) => roots.Roots.Any(other => other.Fingerprint == root.Fingerprint);
}
