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
/// Connection middleware of the TLS listeners; later middleware sees plain bytes:
/// <code>
/// socket ⇄ transport's pipes ⇄ TransportStream ⇄ SslStream ⇄ TlsTransport's pipes ⇄ TunnelConnectionMiddleware,
/// ProtocolConnectionMiddleware, server
/// </code>
/// Costs one handshake per connection, and only the cipher per request. A failed handshake is counted and ends the connection; later
/// middleware does not see that connection.
/// </summary>
/// <param name="termsOf">Returns the TLS terms of a connection, or null for plaintext. Must be fast.</param>
/// <param name="limits">Limits; a handshake has the time of a request head.</param>
/// <param name="faults">Receives failed handshakes.</param>
/// <param name="time">The clock.</param>
internal sealed class TlsConnectionMiddleware(
    Func<InboundConnection, TlsTerms?> termsOf, LimitsSpec limits, TlsFaults faults, TimeProvider time)
{
    private const byte HandshakeRecord = 0x16;

    // A client that speaks plain HTTP gets its error in plain HTTP.
    private static readonly byte[] SpeakTls =
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 32\r\n\r\nThis address speaks only HTTPS.\n"u8.ToArray();

    /// <summary>Wraps the next connection delegate.</summary>
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

    /// <summary>Performs the handshake; false after a failure, which has been reported.</summary>
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
                return false; // the connection ended silently, as browsers' spare connections do
            }

            if (first != HandshakeRecord)
            {
                await RefuseAsync(connection, first.Value, patience.Token).ConfigureAwait(false);
                faults.Count(inbound, TlsFault.NotTls, "The first byte is not a TLS handshake.");
                return false;
            }

            await tls.AuthenticateAsServerAsync(
                (_, hello, _, _) =>
                {
                    var options = terms(inbound, hello.ServerName);
                    hasTerms = options is not null;
                    return options is null ? throw new AuthenticationException("No valid certificate is available.") : new(options);
                },
                null,
                patience.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (
            failure is OperationCanceledException or IOException or AuthenticationException or InvalidOperationException)
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

        var session = new TlsSession(
            tls.SslProtocol, tls.NegotiatedApplicationProtocol.Protocol, tls.TargetHostName, tls.RemoteCertificate as X509Certificate2);
        inbound.Tls = session;
        inbound.IdleFrom(time.GetTimestamp());
        connection.Features.Set<ITlsConnectionFeature>(session);
        connection.Features.Set<ITlsApplicationProtocolFeature>(session);
        return true;
    }

    // The platform reports a refused peer certificate without an inner exception, and wraps the cipher library's error for everything else.
    private static TlsFault FaultOf(Exception failure, bool outOfTime) => failure switch
    {
        OperationCanceledException when outOfTime => TlsFault.Timeout,
        AuthenticationException { InnerException: null } => TlsFault.PeerCertificate,
        AuthenticationException => TlsFault.Refused,
        _ => TlsFault.Gone,
    };

    // Reads the first byte before any TLS state exists: a silent connection costs as little as without TLS.
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
    /// Sends the rest of the response and then close_notify, so that the peer knows that nothing was truncated (RFC 8446 §6.1). A slow
    /// reader has the time of an idle connection.
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
            connection.Abort(new ConnectionAbortedException("The peer does not read the rest of the response."));
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
        catch (Exception gone) when (
            gone is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The peer is already gone.
        }
    }
}
