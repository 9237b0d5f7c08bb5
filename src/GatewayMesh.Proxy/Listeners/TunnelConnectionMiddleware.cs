using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// Connection middleware of tunnels: the guard's hello, one response byte, and only then the application's own bytes. A tunnel arrives on
/// its own listener or, with certificates, by its own ALPN name on the listener for peers. Other connections pass through untouched.
/// </summary>
internal sealed class TunnelConnectionMiddleware(
    TimeProvider time, SplitMix random, TimeSpan maxCarriedAge, Func<bool> draining, Func<bool> busy)
{
    /// <summary>Timeout of the guard's hello, from the first byte on: 1 s.</summary>
    public static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Maximum time that a tunnel may stay silent: 60 s. Guards keep one tunnel warm and renew it every ten seconds.</summary>
    public static readonly TimeSpan WarmTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Greets the guard of a tunnel; false if the connection ends. True at once for other connections.</summary>
    public async ValueTask<bool> GreetAsync(InboundConnection inbound)
    {
        if (!IsTunnel(inbound))
        {
            return true;
        }

        var channel = inbound.Channel!;
        TunnelHello? hello;
        try
        {
            using (var warm = new ConnectionTimeout(inbound, WarmTimeout))
            {
                await channel.WaitInputAsync().ConfigureAwait(false);
            }

            using var timeout = new ConnectionTimeout(inbound, HelloTimeout);
            hello = await ReadHelloAsync(channel).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            channel.Abort();
            return false;
        }

        var answer = AnswerTo(hello, inbound.Identity);
        await channel.WriteAsync(new[] { (byte)answer }).ConfigureAwait(false);
        if (answer != TunnelAnswer.Ok)
        {
            await LingeringClose.EndAsync(inbound).ConfigureAwait(false);
            return false;
        }

        inbound.Carried = new Carried(hello!.Service, hello.Upstream, hello.Node, EndAfter());
        return true;
    }

    private static bool IsTunnel(InboundConnection inbound)
    {
        if (inbound.Listener.Kind == ListenerKind.Mesh
            && inbound.Tls is { } tls
            && tls.ApplicationProtocol.Span.SequenceEqual(ProtocolNames.Tunnel.Protocol.Span))
        {
            inbound.Kind = ListenerKind.Tunnel;
        }

        return inbound.Kind == ListenerKind.Tunnel;
    }

    // With certificates, a guard may act only for the service in its certificate. The names go into mesh headers, whose readers reject
    // other names.
    private TunnelAnswer AnswerTo(TunnelHello? hello, PeerIdentity? peer) =>
        hello is null
            || !IsOwnName(hello.Service, peer)
            || !MeshHeaderValues.IsName(hello.Service)
            || !MeshHeaderValues.IsName(hello.Upstream ?? "") ? TunnelAnswer.Denied
        : draining() ? TunnelAnswer.Draining
        : busy() ? TunnelAnswer.Busy
        : TunnelAnswer.Ok;

    private static bool IsOwnName(string service, PeerIdentity? peer) =>
        peer is null || peer.Id.Service.Equals(service, StringComparison.Ordinal);

    // ± 50 %, so that connections that arrive together after a crash do not all end together.
    private long EndAfter() =>
        time.GetTimestamp() + (long)(maxCarriedAge.TotalSeconds * (0.5 + random.NextDouble()) * time.TimestampFrequency);

    private static async ValueTask<TunnelHello?> ReadHelloAsync(ByteChannel channel)
    {
        while (true)
        {
            if (!await channel.ReceiveAsync().ConfigureAwait(false))
            {
                throw new IOException("The connection ended within the hello.");
            }

            switch (TunnelHello.Read(channel.Received, out var hello, out var length))
            {
                case TunnelHelloResult.Complete:
                    channel.Take(length);
                    return hello;
                case TunnelHelloResult.Malformed:
                    return null;
            }
        }
    }
}
