using System.Net.Sockets;
using GatewayMesh.Client.Settings;

namespace GatewayMesh.Client.Connections;

/// <summary>To a gateway's tunnel: the hello, one answer byte, and only then HTTP.</summary>
internal sealed class TunnelDialer(HostPort address, byte[] hello, TimeSpan timeout, TimeProvider time) : IDialer
{
    private readonly Dialing _dialing = new(address, timeout, time);

    public ValueTask<Stream> DialAsync(bool patient, CancellationToken cancellation) => _dialing.ConnectAsync(patient, GreetAsync, cancellation);

    private async ValueTask GreetAsync(Socket socket, CancellationToken cancellation)
    {
        await socket.SendAsync(hello, cancellation).ConfigureAwait(false);
        var answer = new byte[1];
        var read = await socket.ReceiveAsync(answer, cancellation).ConfigureAwait(false);
        (FailoverReason Reason, string What)? refusal = read == 0 ? (FailoverReason.Refused, "ended the tunnel without an answer") : answer[0] switch
        {
            (byte)'+' => null,
            (byte)'b' => (FailoverReason.Busy, "carries as much as it may"),
            (byte)'d' => (FailoverReason.Draining, "is about to leave"),
            _ => (FailoverReason.Denied, "does not carry this service"),
        };
        if (refusal is { } said)
        {
            throw new DialException(said.Reason, $"The gateway {address} {said.What}.");
        }
    }
}
