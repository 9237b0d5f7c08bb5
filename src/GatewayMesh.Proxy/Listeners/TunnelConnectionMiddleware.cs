using System.Buffers;
using System.IO.Pipelines;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Resilience;
using Microsoft.AspNetCore.Connections;

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

    /// <summary>Wraps the next connection delegate.</summary>
    public ConnectionDelegate Around(ConnectionDelegate next) =>
        connection => IsTunnel(connection.Features.Get<InboundConnection>()!) ? GreetAsync(connection, next) : next(connection);

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

    private async Task GreetAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        TunnelHello? hello;
        try
        {
            await FirstByteAsync(connection.Transport.Input).ConfigureAwait(false);
            using var timeout = new CancellationTokenSource(HelloTimeout, time);
            hello = await ReadHelloAsync(connection.Transport.Input, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            connection.Abort();
            return;
        }

        var inbound = connection.Features.Get<InboundConnection>()!;
        var answer = AnswerTo(hello, inbound.Identity);
        await connection.Transport.Output.WriteAsync(new[] { (byte)answer }).ConfigureAwait(false);
        if (answer == TunnelAnswer.Ok)
        {
            inbound.Carried = new Carried(hello!.Service, hello.Upstream, hello.Node, EndAfter());
            await next(connection).ConfigureAwait(false);
        }
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

    private async Task FirstByteAsync(PipeReader input)
    {
        using var timeout = new CancellationTokenSource(WarmTimeout, time);
        var read = await input.ReadAsync(timeout.Token).ConfigureAwait(false);
        input.AdvanceTo(read.Buffer.Start);
    }

    private static async Task<TunnelHello?> ReadHelloAsync(PipeReader input, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellation).ConfigureAwait(false);
            var bytes = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, TunnelHello.MaxLength)).ToArray();
            switch (TunnelHello.Read(bytes, out var hello, out var length))
            {
                case TunnelHelloResult.Complete:
                    input.AdvanceTo(read.Buffer.GetPosition(length));
                    return hello;
                case TunnelHelloResult.Malformed:
                    input.AdvanceTo(read.Buffer.End);
                    return null;
                default:
                    input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                    break;
            }

            if (read.IsCompleted)
            {
                throw new IOException("The connection ended within the hello.");
            }
        }
    }
}
