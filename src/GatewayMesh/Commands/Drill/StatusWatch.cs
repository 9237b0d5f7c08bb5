using GatewayMesh.Commands.Faults;
using GatewayMesh.Commands.Status;

namespace GatewayMesh.Commands.Drill;

/// <summary>Looks at the node's status all through a drill: who carries, which worker, what the guard counts.</summary>
internal sealed class StatusWatch(IMeshAccess mesh, Func<long> clock)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);
    private readonly List<StatusChange> _changes = [];
    private NodeStatus? _first;
    private NodeStatus? _last;

    /// <summary>What changed, in order.</summary>
    public IReadOnlyList<StatusChange> Changes => _changes;

    /// <summary>Leases granted meanwhile.</summary>
    public long Leases => Delta(lease => lease.Leases);

    /// <summary>Workers killed as hung meanwhile.</summary>
    public long Kills => Delta(lease => lease.Kills);

    /// <summary>Workers started anew meanwhile.</summary>
    public long Restarts => Delta(lease => lease.Restarts);

    /// <summary>Tiers seen, in order.</summary>
    public IEnumerable<string> Tiers => _changes.Select(change => change.Tier).Where(tier => tier.Length > 0);

    /// <summary>Looks until cancelled.</summary>
    public void Follow(CancellationToken cancellation)
    {
        do
        {
            Look();
        }
        while (!cancellation.WaitHandle.WaitOne(Every));
    }

    /// <summary>Looks once.</summary>
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
