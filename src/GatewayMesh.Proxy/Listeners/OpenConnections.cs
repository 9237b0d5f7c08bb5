using System.Collections.Concurrent;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Pipeline;
using Microsoft.AspNetCore.Connections;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>The connections that are being served, so that drain can end those that are idle.</summary>
internal sealed class OpenConnections(LentListeners listeners, TimeProvider time)
{
    private readonly ConcurrentDictionary<InboundConnection, byte> _open = [];

    /// <summary>How many there are, the probe's not counted; those that were accepted and that the server has not begun with are among them.</summary>
    public int CountWithoutProbe => Math.Max(0, listeners.Connections - _open.Count(static each => each.Key.Listener.Kind == ListenerKind.Probe));

    /// <summary>Connection middleware: the outermost, so that it sees every connection end.</summary>
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
    /// Ends connections that have had no request for <paramref name="idle"/>. Busy ones of HTTP/2 are told at once, as their streams would never let
    /// them become idle.
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

    /// <summary>The exchanges of all connections that an intention ever allowed.</summary>
    public IEnumerable<Exchange> Guarded() => _open.Keys.SelectMany(static inbound => inbound.Guarded.ToArray());

    /// <summary>Cuts what is left.</summary>
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
