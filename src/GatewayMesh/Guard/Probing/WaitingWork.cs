using GatewayMesh.Guard.Workers;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Probing;

/// <summary>Work that waits for a worker: standing still is no sign of anything when there is nothing to do.</summary>
/// <param name="Queued">Connections in its accept queues.</param>
/// <param name="InFlight">Requests begun and not ended.</param>
/// <param name="Probe">Whether the guard's own probe waits.</param>
internal readonly record struct WaitingWork(int Queued, long InFlight, bool Probe)
{
    /// <summary>Whether there is any.</summary>
    internal bool Any => Queued > 0 || InFlight > 0 || Probe;

    internal static WaitingWork Of(ProgressPage progress, IEnumerable<OwnedListener> listeners, bool probeWaits) => new(
        listeners.Sum(listener => listener.Socket.QueueLength),
        progress.Read(Progress.RequestsStarted) - progress.Read(Progress.RequestsEnded),
        probeWaits);

    /// <inheritdoc/>
    public override string ToString() => $"{Queued} connections, {InFlight} requests{(Probe ? " and the probe" : "")} wait";
}
