using System.Globalization;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Proxy.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Listeners.Floods;

/// <summary>
/// Ends HTTP/2 connections that send useless frames beyond <c>limits.http2FrameBudget</c>. The server itself bounds concurrent streams,
/// resets of fresh streams, the size of a field section, and responses that the client does not read.
/// </summary>
internal sealed class FloodGuard(LimitsSpec limits, MeshMetrics metrics, ILogger log, TimeProvider time)
{
    private static readonly Action<ILogger, string, string, string, long, Exception?> Ended =
        LoggerMessage.Define<string, string, string, long>(
            LogLevel.Warning,
            new EventId(7, "http2_flood"),
            "A connection on {Listener} from {Peer} was ended: too many {Frames} frames without a request ({Count} such connections "
                + "since the last line).");

    private readonly LogThrottle _throttle = new(time);

    /// <summary>Connection middleware of the server of HTTP/2.</summary>
    public ConnectionDelegate Around(ConnectionDelegate http2) => connection => ServeAsync(connection, http2);

    private async Task ServeAsync(ConnectionContext connection, ConnectionDelegate http2)
    {
        var inbound = connection.Features.Get<InboundConnection>()!;
        if (limits.Http2FrameBudget is not { } most)
        {
            await http2(connection).ConfigureAwait(false);
            return;
        }

        var plain = connection.Transport;
        var budget = new FrameBudget(most, time);
        var counted = new CountedTransport(plain, budget, () => Log(inbound, budget.LastType));
        connection.Transport = counted;
        try
        {
            await http2(connection).ConfigureAwait(false);
        }
        finally
        {
            if (budget.IsSpent)
            {
                await counted.LingerAsync(time).ConfigureAwait(false);
            }

            connection.Transport = plain;
        }
    }

    private static string NameOf(byte type) => type switch
    {
        0 => "empty DATA",
        1 => "empty HEADERS",
        2 => "PRIORITY",
        3 => "RST_STREAM",
        4 => "SETTINGS",
        5 => "PUSH_PROMISE",
        6 => "PING",
        7 => "GOAWAY",
        8 => "WINDOW_UPDATE",
        9 => "CONTINUATION",
        _ => string.Create(CultureInfo.InvariantCulture, $"unknown (type {type})"),
    };

    private void Log(InboundConnection inbound, byte type)
    {
        metrics.CountRefusedConnection("http2_flood");
        if (_throttle.Next(out var count))
        {
            Ended(log, inbound.Listener.Name, inbound.Peer.ToString(), NameOf(type), count, null);
        }
    }
}
