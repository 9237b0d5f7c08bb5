using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Streams;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// Connection middleware of the TLS listeners; later middleware sees plain bytes. Costs one handshake per connection, and only the cipher
/// per request. A failed handshake is counted and ends the connection.
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

    /// <summary>
    /// Sets the connection's channel, after a handshake if there are terms; false after a failure, which has been reported.
    /// </summary>
    public async ValueTask<bool> AgreeAsync(InboundConnection inbound)
    {
        if (termsOf(inbound) is not { } terms)
        {
            inbound.Channel = new ByteChannel(new PlainStream(inbound.Socket!));
            return true;
        }

        var socket = inbound.Socket!;
        using var timeout = new ConnectionTimeout(inbound, limits.RequestHeadersTimeout);
        try
        {
            if (!await BeginsTlsAsync(inbound, socket).ConfigureAwait(false))
            {
                return false;
            }
        }
        catch (Exception over) when (over is IOException or OperationCanceledException)
        {
            if (timeout.IsOver)
            {
                faults.Count(inbound, TlsFault.Timeout, "No handshake began in time.");
                socket.Abort();
            }

            return false; // the connection ended silently, as browsers' spare connections do
        }

        timeout.Dispose();
        return terms(inbound, "") is { } server
            ? await HandshakeAsync(inbound, socket, terms, server).ConfigureAwait(false)
            : Fail(inbound, TlsFault.NoCertificate, "No valid certificate is available.");
    }

    private async ValueTask<bool> HandshakeAsync(InboundConnection inbound, LoopSocket socket, TlsTerms terms, ServerTls server)
    {
        X509Certificate2? peer = null;
        TlsVerification? verification = server.Verify is not { } verify ? null : (certificate, sent) =>
        {
            peer = certificate;
            var alert = verify(inbound, certificate, sent);
            foreach (var each in sent)
            {
                each.Dispose();
            }

            return alert;
        };
        var stream = TlsStream.Accept(
            socket, server.Context, verification, name => name.Length == 0 ? server.Context : terms(inbound, name)?.Context);
        inbound.Channel = new ByteChannel(stream);
        using var timeout = new ConnectionTimeout(inbound, limits.RequestHeadersTimeout, aborts: true);
        try
        {
            await stream.HandshakeAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            peer?.Dispose();
            if (failure is TlsException { Refused: AlertName.CertificateRequired })
            {
                inbound.Refusal = PeerFault.NoCertificate;
            }

            Fail(inbound, FaultOf(failure, timeout.IsOver), inbound.Refusal?.ToString() ?? failure.GetBaseException().Message);
            if (failure is TlsException { IsTruncated: false })
            {
                timeout.Dispose();
                await LingeringClose.EndAsync(inbound).ConfigureAwait(false); // the peer learns the reason by an alert
            }

            return false;
        }

        inbound.Tls = new TlsSession(
            stream.IsTls13 ? SslProtocols.Tls13 : SslProtocols.Tls12, Encoding.ASCII.GetBytes(stream.Protocol), stream.ServerName, peer);
        inbound.IdleFrom(time.GetTimestamp());
        return true;
    }

    private bool Fail(InboundConnection inbound, TlsFault fault, string detail)
    {
        faults.Count(inbound, fault, detail);
        return false;
    }

    private static TlsFault FaultOf(Exception failure, bool outOfTime) => failure switch
    {
        _ when outOfTime => TlsFault.Timeout,
        TlsException { Refused: AlertName.UnrecognizedName } => TlsFault.NoCertificate,
        TlsException { Refused: not AlertName.None } => TlsFault.PeerCertificate,
        TlsException { IsTruncated: false } => TlsFault.Refused,
        _ => TlsFault.Gone,
    };

    // Looks at the first byte before any TLS state exists: a silent connection costs as little as without TLS.
    private async ValueTask<bool> BeginsTlsAsync(InboundConnection inbound, LoopSocket socket)
    {
        inbound.AwaitsProtocol = true;
        byte first;
        try
        {
            int count;
            while ((count = Peek(socket, out first)) == StreamSocket.WouldBlock)
            {
                await socket.WaitInputAsync().ConfigureAwait(false);
            }

            if (count <= 0)
            {
                return false;
            }
        }
        finally
        {
            inbound.AwaitsProtocol = false;
        }

        if (first == HandshakeRecord)
        {
            return true;
        }

        faults.Count(inbound, TlsFault.NotTls, "The first byte is not a TLS handshake.");
        if (char.IsAsciiLetterUpper((char)first))
        {
            await socket.SendAsync(SpeakTls).ConfigureAwait(false);
            await LingeringClose.EndAsync(inbound).ConfigureAwait(false);
        }

        return false;
    }

    private static int Peek(LoopSocket socket, out byte first)
    {
        Span<byte> one = stackalloc byte[1];
        var count = socket.PeekNow(one);
        first = one[0];
        return count;
    }
}
