using System.Collections.Concurrent;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>Connections in service, which drain ends when they are idle.</summary>
internal sealed class OpenConnections(LentListeners listeners, TimeProvider time)
{
    private readonly ConcurrentDictionary<InboundConnection, byte> _open = [];

    /// <summary>
    /// Number of connections, excluding the probe's but including accepted connections that are not yet served.
    /// </summary>
    public int CountWithoutProbe =>
        Math.Max(0, listeners.Connections - _open.Count(static each => each.Key.Listener.Kind == ListenerKind.Probe));

    /// <summary>Adds a connection.</summary>
    public void Add(InboundConnection inbound)
    {
        inbound.IdleFrom(time.GetTimestamp());
        _open.TryAdd(inbound, 0);
    }

    /// <summary>Removes a connection that has ended.</summary>
    public void Remove(InboundConnection inbound)
    {
        _open.TryRemove(inbound, out _);
        listeners.Ended();
    }

    /// <summary>
    /// Ends connections without a request for <paramref name="idle"/>. Busy HTTP/2 connections are asked to end at once, because their
    /// streams might never let them become idle.
    /// </summary>
    public void EndIdle(TimeSpan idle)
    {
        var since = time.GetTimestamp() - (long)(idle.TotalSeconds * time.TimestampFrequency);
        foreach (var (inbound, _) in _open)
        {
            if (inbound.Listener.Kind == ListenerKind.Probe)
            {
                continue;
            }

            if (inbound.IsIdleSince(since))
            {
                inbound.EndWhenIdle();
            }
            else
            {
                inbound.EndBusyHttp2(time);
            }
        }
    }

    /// <summary>Returns the exchanges of all connections that an intention ever allowed.</summary>
    public IEnumerable<Exchange> Guarded() => _open.Keys.SelectMany(static inbound => inbound.Guarded.ToArray());

    /// <summary>Aborts all remaining connections. Returns their number.</summary>
    public int AbortAll()
    {
        var cut = 0;
        foreach (var (inbound, _) in _open)
        {
            inbound.Abort();
            cut++;
        }

        return cut;
    }
}
