using System.Collections.Concurrent;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Pipeline;
using Microsoft.AspNetCore.Connections;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>Connections in service, which drain ends when they are idle.</summary>
internal sealed class OpenConnections(LentListeners listeners, TimeProvider time)
{
    private readonly ConcurrentDictionary<InboundConnection, byte> _open = [];

    /// <summary>
    /// Number of connections, excluding the probe's but including accepted connections that the server has not started to serve.
    /// </summary>
    public int CountWithoutProbe =>
        Math.Max(0, listeners.Connections - _open.Count(static each => each.Key.Listener.Kind == ListenerKind.Probe));

    /// <summary>Connection middleware. The outermost, so that it sees every connection end.</summary>
    public ConnectionDelegate Around(ConnectionDelegate next) => async connection =>
    {
        var inbound = connection.Features.Get<InboundConnection>()!;
        inbound.Connection = connection;
        inbound.IdleFrom(time.GetTimestamp());
        _open.TryAdd(inbound, 0);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            _open.TryRemove(inbound, out _);
            listeners.Ended();
        }
    };

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
            inbound.Connection?.Abort();
            cut++;
        }

        return cut;
    }
}
