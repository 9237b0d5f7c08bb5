using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// Serves HTTP/1.1 and HTTP/2 with prior knowledge on one address: a <see cref="ClientConnection"/> on the connection's loop, or the server
/// of HTTP/2. ALPN decides if it chose a protocol, except between services.
/// </summary>
internal sealed class ProtocolConnectionMiddleware(
    RequestEntry entry, Http2Listener http2, IdleMemory memory, LimitsSpec limits, TimeProvider time)
{
    /// <summary>Serves a connection to its end.</summary>
    public async ValueTask ServeAsync(InboundConnection inbound)
    {
        var channel = inbound.Channel!;
        switch (await ChooseAsync(inbound, channel).ConfigureAwait(false))
        {
            case PrefaceMatch.Http2:
                inbound.IsHttp2 = true;
                inbound.Http2 = new Http2Connection(inbound, channel, limits, time);
                if (http2.TryServe(inbound.Http2))
                {
                    await inbound.Http2.Ended.ConfigureAwait(false);
                }

                break;
            case PrefaceMatch.Http1:
                do
                {
                    inbound.Client = new ClientConnection(entry, inbound, channel, limits, time);
                }
                while (await inbound.Client.ServeAsync().ConfigureAwait(false)
                    && await IsUsedAgainAsync(inbound, channel).ConfigureAwait(false));
                break;
        }
    }

    // Holds an idle connection without the state of its requests; false at its end.
    private async ValueTask<bool> IsUsedAgainAsync(InboundConnection inbound, ByteChannel channel)
    {
        inbound.Client = null;
        inbound.Guarded.Forget();
        inbound.AwaitsProtocol = true;
        memory.Release();
        using var timeout = new ConnectionTimeout(inbound, limits.KeepAliveTimeout - ClientConnection.HandBackAfter);
        try
        {
            await channel.WaitInputAsync().ConfigureAwait(false);
            return true;
        }
        catch (Exception over) when (over is OperationCanceledException or IOException)
        {
            return false;
        }
        finally
        {
            inbound.AwaitsProtocol = false;
        }
    }

    /// <summary>
    /// Returns ALPN's choice (RFC 9113 §3.2), or without one, or within a tunnel, the protocol of the first bytes. Between services the
    /// first bytes also decide, because Consul's built-in proxy offers h2 regardless of the application's protocol.
    /// </summary>
    private async ValueTask<PrefaceMatch> ChooseAsync(InboundConnection inbound, ByteChannel channel)
    {
        switch (inbound.Listener.IsForPeers ? null : inbound.Tls)
        {
            case { IsHttp2: true }:
                return PrefaceMatch.Http2;
            case { IsHttp1: true }:
                return PrefaceMatch.Http1;
        }

        inbound.AwaitsProtocol = true;
        try
        {
            var match = await DecideAsync(inbound, channel).ConfigureAwait(false);
            if (match == PrefaceMatch.Http2)
            {
                inbound.Tls?.SetHttp2();
            }

            return match;
        }
        catch (Exception over) when (over is OperationCanceledException or IOException)
        {
            return PrefaceMatch.Undecided;
        }
        finally
        {
            inbound.AwaitsProtocol = false;
        }
    }

    // Undecided means that the connection is over: it ended, stayed silent too long, or was asked to end. A preface that arrives byte by
    // byte has the time of one request head in total.
    private async ValueTask<PrefaceMatch> DecideAsync(InboundConnection inbound, ByteChannel channel)
    {
        using var timeout = new ConnectionTimeout(inbound, limits.KeepAliveTimeout);
        var hasBegun = !channel.Received.IsEmpty;
        while (true)
        {
            if (hasBegun && Http2Preface.Match(channel.Received) is var match and not PrefaceMatch.Undecided)
            {
                return match;
            }

            if (!await channel.ReceiveAsync().ConfigureAwait(false))
            {
                return PrefaceMatch.Undecided;
            }

            if (!hasBegun)
            {
                hasBegun = true;
                timeout.Restart(limits.RequestHeadersTimeout);
            }
        }
    }
}
