using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Configuration.Bootstrap;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// Connection middleware of the listeners that speak TLS; the doors behind it see plain bytes:
/// <code>
/// socket ⇄ transport's pipes ⇄ TransportStream ⇄ SslStream ⇄ TlsTransport's pipes ⇄ TunnelConnectionMiddleware, ProtocolConnectionMiddleware, server
/// </code>
/// It costs a connection a handshake, and a request nothing but the cipher. A handshake that fails is counted and ends the connection; nothing behind
/// this door hears of it.
/// </summary>
/// <param name="termsOf">How a connection speaks TLS; null: it does not. Quick.</param>
/// <param name="limits">A handshake has the time of a request's head.</param>
/// <param name="faults">Is told of handshakes that fail.</param>
/// <param name="time">The clock.</param>
internal sealed class TlsConnectionMiddleware(Func<InboundConnection, TlsTerms?> termsOf, LimitsSpec limits, TlsFaults faults, TimeProvider time)
{
    private const byte HandshakeRecord = 0x16;

    // Whoever speaks plain HTTP here is told so in the same language.
    private static readonly byte[] SpeakTls =
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 33\r\n\r\nThis address speaks HTTPS alone.\n"u8.ToArray();

    /// <summary>Connection middleware.</summary>
    public ConnectionDelegate Around(ConnectionDelegate next) => connection =>
    {
        var inbound = connection.Features.Get<InboundConnection>()!;
        return termsOf(inbound) is { } terms ? ServeAsync(connection, inbound, terms, next) : next(connection);
    };

    private async Task ServeAsync(ConnectionContext connection, InboundConnection inbound, TlsTerms terms, ConnectionDelegate next)
    {
        var raw = connection.Transport;
        var tls = new SslStream(new TransportStream(raw), leaveInnerStreamOpen: true);
        await using (tls.ConfigureAwait(false))
        {
            if (!await AgreeAsync(connection, inbound, terms, tls).ConfigureAwait(false))
            {
                return;
            }

            var plain = new TlsTransport(tls, connection.Features.Get<IMemoryPoolFeature>()?.MemoryPool ?? MemoryPool<byte>.Shared);
            connection.Transport = plain;
            try
            {
                await next(connection).ConfigureAwait(false);
            }
            finally
            {
                await EndAsync(connection, plain, tls).ConfigureAwait(false);
                connection.Transport = raw;
                inbound.Tls?.Peer?.Dispose();
            }
        }
    }

    /// <summary>The handshake; false when it failed, and then it has been told.</summary>
    private async Task<bool> AgreeAsync(ConnectionContext connection, InboundConnection inbound, TlsTerms terms, SslStream tls)
    {
        using var patience = new CancellationTokenSource(limits.RequestHeadersTimeout, time);
        var hasTerms = true;
        try
        {
            inbound.AwaitsProtocol = true;
            var first = await FirstByteAsync(connection.Transport.Input, patience.Token).ConfigureAwait(false);
            inbound.AwaitsProtocol = false;
            if (first is null)
            {
                return false; // it ended without a word, as browsers' spare connections do
            }

            if (first != HandshakeRecord)
            {
                await RefuseAsync(connection, first.Value, patience.Token).ConfigureAwait(false);
                faults.Count(inbound, TlsFault.NotTls, "The first byte is no handshake.");
                return false;
            }

            await tls.AuthenticateAsServerAsync(
                (_, hello, _, _) =>
                {
                    var options = terms(inbound, hello.ServerName);
                    hasTerms = options is not null;
                    return options is null ? throw new AuthenticationException("There is no valid certificate to show.") : new(options);
                },
                null,
                patience.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or AuthenticationException or InvalidOperationException)
        {
            inbound.AwaitsProtocol = false;
            var fault = hasTerms ? FaultOf(failure, patience.IsCancellationRequested) : TlsFault.NoCertificate;
            faults.Count(inbound, fault, inbound.Refusal?.ToString() ?? failure.GetBaseException().Message);
            if (fault == TlsFault.Timeout)
            {
                connection.Abort(new ConnectionAbortedException("The TLS handshake took too long."));
            }

            return false;
        }

        var session = new TlsSession(tls.SslProtocol, tls.NegotiatedApplicationProtocol.Protocol, tls.TargetHostName, tls.RemoteCertificate as X509Certificate2);
        inbound.Tls = session;
        inbound.IdleFrom(time.GetTimestamp());
        connection.Features.Set<ITlsConnectionFeature>(session);
        connection.Features.Set<ITlsApplicationProtocolFeature>(session);
        return true;
    }

    // The platform says "the certificate was refused" without an inner error, and wraps what the cipher library said of anything else.
    private static TlsFault FaultOf(Exception failure, bool outOfTime) => failure switch
    {
        OperationCanceledException when outOfTime => TlsFault.Timeout,
        AuthenticationException { InnerException: null } => TlsFault.PeerCertificate,
        AuthenticationException => TlsFault.Refused,
        _ => TlsFault.Gone,
    };

    // Looked at before any state of TLS is made: a silent connection costs as little as without TLS.
    private static async ValueTask<byte?> FirstByteAsync(PipeReader input, CancellationToken cancellation)
    {
        var read = await input.ReadAsync(cancellation).ConfigureAwait(false);
        byte? first = read.Buffer.IsEmpty ? null : read.Buffer.FirstSpan[0];
        input.AdvanceTo(read.Buffer.Start);
        return first;
    }

    private static async ValueTask RefuseAsync(ConnectionContext connection, byte first, CancellationToken cancellation)
    {
        if (char.IsAsciiLetterUpper((char)first))
        {
            await connection.Transport.Output.WriteAsync(SpeakTls, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The rest of the answer, then close_notify, so that the peer knows that nothing was cut off (RFC 8446 §6.1). A peer that reads slowly has the time
    /// of an idle connection for it.
    /// </summary>
    private async ValueTask EndAsync(ConnectionContext connection, TlsTransport plain, SslStream tls)
    {
        await plain.Input.CompleteAsync().ConfigureAwait(false);
        var farewell = FarewellAsync(plain, tls);
        try
        {
            await farewell.WaitAsync(limits.KeepAliveTimeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            connection.Abort(new ConnectionAbortedException("The peer does not read the end."));
            await farewell.ConfigureAwait(false);
        }
    }

    private static async Task FarewellAsync(TlsTransport plain, SslStream tls)
    {
        try
        {
            await plain.Output.CompleteAsync().ConfigureAwait(false);
            await tls.ShutdownAsync().ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The peer is gone already: nobody waits for a farewell.
        }
    }
}
