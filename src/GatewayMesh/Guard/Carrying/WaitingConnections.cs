using GatewayMesh.Guard.Leases;
using GatewayMesh.Guard.Workers;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Carrying;

/// <summary>Connections that wait in the accept queues while the guard is the acceptor: accepted here, then carried.</summary>
internal sealed class WaitingConnections(GuardListeners listeners, Carrier carrier, GuardCounts counts)
{
    private static readonly TimeSpan DescriptorPause = TimeSpan.FromMilliseconds(50);

    private readonly List<(OwnedListener Listener, int Index)> _polled = [];
    private TimeSpan _acceptAgainAt;

    /// <summary>Polls the carried listeners, if the guard accepts.</summary>
    internal void AddTo(PollSet poll, Acceptor acceptor, TimeSpan now)
    {
        _polled.Clear();
        if (acceptor == Acceptor.Guard && now >= _acceptAgainAt)
        {
            foreach (var listener in listeners.Carried)
            {
                _polled.Add((listener, poll.Add(listener.Socket.Number)));
            }
        }
    }

    /// <summary>Accepts all that wait. Without a free descriptor, the guard pauses for 50 ms.</summary>
    internal void Advance(PollSet poll, TimeSpan now)
    {
        foreach (var (listener, index) in _polled)
        {
            while (poll.IsReady(index))
            {
                var result = listener.Socket.Accept(out var connection);
                if (result == AcceptResult.NoDescriptors)
                {
                    _acceptAgainAt = now + DescriptorPause;
                }

                if (result != AcceptResult.Accepted)
                {
                    break;
                }

                Interlocked.Increment(ref counts.Accepted);
                carrier.Carry(connection!, listener.Spec);
            }
        }
    }

    /// <summary>Forgets the polled listeners, because some are about to be closed.</summary>
    internal void Clear() => _polled.Clear();
}
