using GatewayMesh.Client.Gateways;

namespace GatewayMesh.Client.Connections;

/// <summary>Connects to a gateway's tunnel: TLS if the mesh uses it, the hello, one answer byte, then HTTP.</summary>
internal sealed class GatewayTunnelDialer(
    GatewayEntry gateway, byte[] hello, TunnelSecurity? security, TimeSpan timeout, TimeProvider time) : IDialer
{
    // A handshake takes another round trip and CPU on both sides. The first handshake of a process takes a tenth of a second.
    private const int TlsPatience = 3;

    private readonly Dialing _dialing = new(gateway.Address, security is null ? timeout : timeout * TlsPatience, time, gateway.IsRecorded);

    public ValueTask<Stream> DialAsync(bool patient, CancellationToken cancellation) =>
        _dialing.ConnectAsync(patient, GreetAsync, cancellation);

    private async ValueTask<Stream> GreetAsync(Stream connection, CancellationToken cancellation)
    {
        var tunnel = security is null
            ? connection
            : await security.SecureAsync(connection, gateway.Address, cancellation).ConfigureAwait(false);
        try
        {
            await SendHelloAsync(tunnel, cancellation).ConfigureAwait(false);
            return tunnel;
        }
        catch
        {
            await tunnel.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask SendHelloAsync(Stream tunnel, CancellationToken cancellation)
    {
        var answer = new byte[1];
        int read;
        try
        {
            await tunnel.WriteAsync(hello, cancellation).ConfigureAwait(false);
            read = await tunnel.ReadAsync(answer, cancellation).ConfigureAwait(false);
        }
        catch (IOException failure) when (security is not null)
        {
            // In TLS 1.3 a server refuses a client certificate after the client's handshake is complete.
            throw new DialException(FailoverReason.Untrusted,
                $"Gateway {gateway} closed the tunnel before its answer; it may not trust the client certificate.", failure);
        }

        (FailoverReason Reason, string What)? refusal = read == 0 ? Ended() : answer[0] switch
        {
            (byte)'+' => null,
            (byte)'b' => (FailoverReason.Busy, "is at its connection limit"),
            (byte)'d' => (FailoverReason.Draining, "is draining"),
            _ => (FailoverReason.Denied, "does not serve this service"),
        };
        if (refusal is { } refused)
        {
            throw new DialException(refused.Reason, $"Gateway {gateway} {refused.What}.");
        }
    }

    // Some gateways close the connection cleanly when they do not trust a certificate.
    private (FailoverReason Reason, string What) Ended() => security is null
        ? (FailoverReason.Refused, "closed the tunnel without an answer")
        : (FailoverReason.Untrusted, "closed the tunnel without an answer; it may not trust the client certificate");
}
