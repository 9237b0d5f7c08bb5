using GatewayMesh.Guard.Workers;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Probing;

/// <summary>Evidence without traffic: connections have waited for 100 ms and the worker has not accepted any.</summary>
internal sealed class AcceptQueue
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private long _accepted;
    private TimeSpan? _since;
    private TimeSpan _lookAt;

    /// <summary>Checks the queues. True once for each time that the limit passed.</summary>
    internal bool StandsStill(ProgressPage progress, IEnumerable<OwnedListener> listeners, TimeSpan now)
    {
        if (now < _lookAt)
        {
            return false;
        }

        _lookAt = now + Interval;
        var accepted = progress.Read(Progress.Accepted);
        if (accepted != _accepted || !listeners.Any(listener => listener.Socket.QueueLength > 0))
        {
            _accepted = accepted;
            _since = null;
            return false;
        }

        _since ??= now;
        if (now - _since < Patience)
        {
            return false;
        }

        _since = now;
        return true;
    }
}
