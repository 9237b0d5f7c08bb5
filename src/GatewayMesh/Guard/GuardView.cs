using System.Collections.Immutable;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Guard;

/// <summary>The guard at one moment, for status and registry.</summary>
internal sealed record GuardView(Acceptor Acceptor, bool Drained, bool Upgrading, ImmutableArray<WorkerView> Workers)
{
    /// <summary>Who carries the host's traffic, in the words of the contract.</summary>
    internal string Tier => Tiers.Of(Acceptor);

    /// <summary>The worker that serves, or else the newest.</summary>
    internal WorkerView? Main => Workers.FirstOrDefault(worker => worker.Phase is WorkerPhase.Leased or WorkerPhase.Returning) ?? Workers.LastOrDefault();
}

/// <summary>One worker at one moment.</summary>
internal sealed record WorkerView(int Number, int Pid, WorkerPhase Phase, string? Unfit, NodeRecord? Record);
