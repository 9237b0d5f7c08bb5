using GatewayMesh.Guard.Workers;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Probing;

/// <summary>Work pending at a worker: a worker without work is expected to stand still.</summary>
/// <param name="Queued">Connections in the accept queues.</param>
/// <param name="InFlight">Requests in flight.</param>
/// <param name="Probe">True if the guard's own probe is waiting.</param>
internal readonly record struct WaitingWork(int Queued, long InFlight, bool Probe)
{
    /// <summary>True if any work is pending.</summary>
    internal bool Any => Queued > 0 || InFlight > 0 || Probe;

    internal static WaitingWork Of(ProgressPage progress, IEnumerable<OwnedListener> listeners, bool probeWaits) => new(
        listeners.Sum(listener => listener.Socket.QueueLength),
        progress.Read(Progress.RequestsStarted) - progress.Read(Progress.RequestsEnded),
        probeWaits);

    /// <inheritdoc/>
    public override string ToString() => $"{Queued} connections, {InFlight} requests{(Probe ? " and the probe" : "")} are waiting";
}
