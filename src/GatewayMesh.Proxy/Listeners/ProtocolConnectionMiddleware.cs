using System.IO.Pipelines;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Listeners.Floods;
using GatewayMesh.Proxy.Pipeline;
using Microsoft.AspNetCore.Connections;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// Serves HTTP/1.1 and HTTP/2 with prior knowledge on one cleartext address. The server itself serves only one of the two without TLS, so
/// it gets two addresses. The second never accepts; only its pipeline is used:
/// <code>
/// lent listeners ─► OpenConnections ─► EdgeConnectionMiddleware ─► TlsConnectionMiddleware ─► TunnelConnectionMiddleware
///   ─► ProtocolConnectionMiddleware ──no preface──► the server's HTTP/1.1
///                                └──────preface────► the server's HTTP/2 (from the silent address)
/// </code>
/// ALPN decides if it chose a protocol, except between services. The bytes are inspected in place, so HTTP/1.1 pays only for the first read
/// that it needs anyway.
/// </summary>
internal sealed class ProtocolConnectionMiddleware(RequestEntry entry, LimitsSpec limits, FloodGuard floods, TimeProvider time)
{
    private ConnectionDelegate? _http2;

    /// <summary>Connection middleware of the silent address: keeps its pipeline.</summary>
    public ConnectionDelegate Keep(ConnectionDelegate http2)
    {
        _http2 = http2;
        return http2;
    }

    /// <summary>Connection middleware of the lent listeners, directly before the server's own.</summary>
    public ConnectionDelegate Around(ConnectionDelegate http1) => connection => ServeAsync(connection, http1);

    private async Task ServeAsync(ConnectionContext connection, ConnectionDelegate http1)
    {
        var inbound = connection.Features.Get<InboundConnection>()!;
        switch (await ChooseAsync(connection, inbound).ConfigureAwait(false))
        {
            case PrefaceMatch.Http2:
                inbound.IsHttp2 = true;
                await floods.ServeAsync(connection, inbound, _http2!).ConfigureAwait(false);
                break;
            case PrefaceMatch.Http1:
                inbound.Client = new ClientConnection(entry, inbound, new PipeChannel(connection), limits, time);
                await inbound.Client.ServeAsync().ConfigureAwait(false);
                break;
        }
    }

    /// <summary>
    /// Returns ALPN's choice (RFC 9113 §3.2), or without one, or within a tunnel, the protocol of the first bytes. Between services the
    /// first bytes also decide, because Consul's built-in proxy offers h2 regardless of the application's protocol.
    /// </summary>
    private async ValueTask<PrefaceMatch> ChooseAsync(ConnectionContext connection, InboundConnection inbound)
    {
        switch (inbound.Listener.IsForPeers ? null : inbound.Tls)
        {
            case { IsHttp2: true }:
                return PrefaceMatch.Http2;
            case { IsHttp1: true }:
                return PrefaceMatch.Http1;
        }

        inbound.AwaitsProtocol = true;
        var match = await DecideAsync(connection.Transport.Input).ConfigureAwait(false);
        inbound.AwaitsProtocol = false;
        if (match == PrefaceMatch.Http2)
        {
            inbound.Tls?.SetHttp2();
        }

        return match;
    }

    /// <summary>
    /// Reads the first bytes. Undecided means that the connection is over: it ended, stayed silent too long, or was asked to end.
    /// </summary>
    private async ValueTask<PrefaceMatch> DecideAsync(PipeReader input)
    {
        CancellationTokenSource? patience = null;
        try
        {
            if (!input.TryRead(out var read))
            {
                patience = new CancellationTokenSource(limits.KeepAliveTimeout, time);
                read = await input.ReadAsync(patience.Token).ConfigureAwait(false);
            }

            var begun = false;
            while (true)
            {
                var match = Http2Preface.Match(read.Buffer);
                input.AdvanceTo(read.Buffer.Start, match == PrefaceMatch.Undecided ? read.Buffer.End : read.Buffer.Start);
                if (match != PrefaceMatch.Undecided || read.IsCompleted || read.IsCanceled)
                {
                    return match;
                }

                // A preface that arrives byte by byte has the time of one request head in total.
                patience ??= new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
                if (!begun)
                {
                    begun = true;
                    patience.CancelAfter(limits.RequestHeadersTimeout);
                }

                read = await input.ReadAsync(patience.Token).ConfigureAwait(false);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or IOException)
        {
            return PrefaceMatch.Undecided;
        }
        finally
        {
            patience?.Dispose();
        }
    }
}
