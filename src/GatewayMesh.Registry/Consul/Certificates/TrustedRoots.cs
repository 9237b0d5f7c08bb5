using System.Collections.Immutable;

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
    private ImmutableArray<ConsulRoot> _roots = [];

    /// <summary>When the next root that vanished is to be let go; null when there is none.</summary>
    public TimeSpan? LetGoIn => _gone.Count == 0 ? null : TimeSpan.FromTicks(Math.Max(0, _gone.Min(gone => (Grace - time.GetElapsedTime(gone.GoneAt)).Ticks)));

    /// <summary>What was trusted by the process before this one: it counts as vanished at the first answer without it.</summary>
    public void Recall(IEnumerable<ConsulRoot> roots) => _roots = [.. roots];

    /// <summary>Consul says these now.</summary>
    public void Take(ImmutableArray<ConsulRoot> roots)
    {
        var now = time.GetTimestamp();
        _ = _gone.RemoveAll(gone => Has(roots, gone.Root));
        _gone.AddRange(_roots.Where(root => !Has(roots, root)).Select(root => (root, now)));
        _roots = roots;
    }

    /// <summary>What to trust now, as PEM, the active root first.</summary>
    public string ToPem()
    {
        _ = _gone.RemoveAll(gone => time.GetElapsedTime(gone.GoneAt) >= Grace);
        return string.Concat(_roots.Concat(_gone.Select(gone => gone.Root)).SelectMany(root => (IEnumerable<string>)[root.Pem, .. root.Intermediates]).Select(pem => pem + "\n"));
    }

    private static bool Has(ImmutableArray<ConsulRoot> roots, ConsulRoot root) => roots.Any(other => other.Fingerprint == root.Fingerprint);
}
