using GatewayMesh.Client.Gateways;

namespace GatewayMesh.Client.Connections;

/// <summary>To a gateway's tunnel: TLS where the mesh speaks it, the hello, one answer byte, and only then HTTP.</summary>
internal sealed class GatewayTunnelDialer(GatewayEntry gateway, byte[] hello, TunnelSecurity? security, TimeSpan timeout, TimeProvider time) : IDialer
{
    // A handshake is one more round trip and work on both sides, the first one of a process a tenth of a second of it.
    private const int TlsPatience = 3;

    private readonly Dialing _dialing = new(gateway.Address, security is null ? timeout : timeout * TlsPatience, time, gateway.IsRecorded);

    public ValueTask<Stream> DialAsync(bool patient, CancellationToken cancellation) => _dialing.ConnectAsync(patient, GreetAsync, cancellation);

    private async ValueTask<Stream> GreetAsync(Stream connection, CancellationToken cancellation)
    {
        var tunnel = security is null ? connection : await security.SecureAsync(connection, gateway.Address, cancellation).ConfigureAwait(false);
        try
        {
            await SayHelloAsync(tunnel, cancellation).ConfigureAwait(false);
            return tunnel;
        }
        catch
        {
            await tunnel.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask SayHelloAsync(Stream tunnel, CancellationToken cancellation)
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
            // In TLS 1.3 a certificate is refused after the handshake is over for whoever shows it.
            throw new DialException(FailoverReason.Untrusted, $"The gateway {gateway} broke the tunnel off before its answer: it may not believe our certificate.", failure);
        }

        (FailoverReason Reason, string What)? refusal = read == 0 ? Ended() : answer[0] switch
        {
            (byte)'+' => null,
            (byte)'b' => (FailoverReason.Busy, "carries as much as it may"),
            (byte)'d' => (FailoverReason.Draining, "is about to leave"),
            _ => (FailoverReason.Denied, "does not carry this service"),
        };
        if (refusal is { } said)
        {
            throw new DialException(said.Reason, $"The gateway {gateway} {said.What}.");
        }
    }

    // Some say farewell instead of saying that they do not believe a certificate.
    private (FailoverReason Reason, string What) Ended() => security is null
        ? (FailoverReason.Refused, "ended the tunnel without an answer")
        : (FailoverReason.Untrusted, "ended the tunnel without an answer: it may not believe our certificate");
}
