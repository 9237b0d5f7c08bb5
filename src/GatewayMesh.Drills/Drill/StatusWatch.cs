using GatewayMesh.Admin.Documents;
using GatewayMesh.Drills.Faults;

namespace GatewayMesh.Drills.Drill;

/// <summary>Polls the node's status during a drill: tier, worker and guard counters.</summary>
internal sealed class StatusWatch(IMeshAccess mesh, Func<long> clock)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);
    private readonly List<StatusChange> _changes = [];
    private NodeStatus? _first;
    private NodeStatus? _last;

    /// <summary>The changes, in order.</summary>
    public IReadOnlyList<StatusChange> Changes => _changes;

    /// <summary>Leases granted during the drill.</summary>
    public long Leases => Delta(lease => lease.Leases);

    /// <summary>Workers killed as hung during the drill.</summary>
    public long Kills => Delta(lease => lease.Kills);

    /// <summary>Workers restarted during the drill.</summary>
    public long Restarts => Delta(lease => lease.Restarts);

    /// <summary>Tiers seen, in order.</summary>
    public IEnumerable<string> Tiers => _changes.Select(change => change.Tier).Where(tier => tier.Length > 0);

    /// <summary>Polls until cancelled.</summary>
    public void Follow(CancellationToken cancellation)
    {
        do
        {
            Look();
        }
        while (!cancellation.WaitHandle.WaitOne(Every));
    }

    /// <summary>Polls once.</summary>
    public void Look()
    {
        var status = mesh.Read();
        if (status is not null)
        {
            _first ??= status;
            _last = status;
        }

        var change = new StatusChange(clock(), status?.Tier ?? "", status?.Lease?.State ?? "", status?.GuardPid, status?.WorkerPid);
        if (_changes.Count == 0 || _changes[^1] with { At = change.At } != change)
        {
            _changes.Add(change);
        }
    }

    private long Delta(Func<LeaseStatus, long> count) =>
        _first?.Lease is { } first && _last?.Lease is { } last ? Math.Max(0, count(last) - count(first)) : 0;
}
