using System.Collections.Immutable;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Guard;

/// <summary>The guard at one moment, for status and registry.</summary>
internal sealed record GuardView(Acceptor Acceptor, bool Drained, bool Upgrading, ImmutableArray<WorkerView> Workers)
{
    /// <summary>Tier in use.</summary>
    internal string Tier => Tiers.Of(Acceptor);

    /// <summary>The serving worker, or else the newest.</summary>
    internal WorkerView? Main =>
        Workers.FirstOrDefault(worker => worker.Phase is WorkerPhase.Leased or WorkerPhase.Returning) ?? Workers.LastOrDefault();

    /// <summary>Process ids by role.</summary>
    internal ImmutableSortedDictionary<string, int> Pids
    {
        get
        {
            var pids = ImmutableSortedDictionary<string, int>.Empty.Add("guard", Environment.ProcessId);
            return Main is { } worker ? pids.Add("worker", worker.Pid) : pids;
        }
    }
}

/// <summary>A worker at one moment.</summary>
internal sealed record WorkerView(int Number, int Pid, WorkerPhase Phase, string? Unfit, NodeRecord? Record);
