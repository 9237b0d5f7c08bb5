using System.Net;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Tests.Limits;

/// <summary><c>maxConnections</c> on HTTP/2: connections count from dial to close.</summary>
public class Http2ConnectionTests
{
    [Test]
    public async Task The_first_connection_to_an_instance_is_never_refused_and_each_returns_its_permit_on_close()
    {
        using var one = new Backend();
        using var two = new Backend();
        var permits = new ConnectionPermits(1);
        using (var first = await Dial(one.HostPort, permits))
        {
            using var second = await Dial(two.HostPort, permits);
            Assert.That(permits.Taken, Is.EqualTo(2), "each instance has its first");
        }

        Assert.That(permits.Taken, Is.Zero);
    }

    [Test]
    public async Task A_second_connection_to_an_instance_waits_for_a_permit()
    {
        using var payments = new Backend();
        var permits = new ConnectionPermits(1);
        var connector = Connector(payments.HostPort);
        var first = await Dial(connector, payments.HostPort, permits);
        var second = Dial(connector, payments.HostPort, permits);
        using var patience = new CancellationTokenSource(RawConnection.Patience);
        while (permits.Waiting != 1)
        {
            await Task.Delay(5, patience.Token);
        }

        Assert.That(second.IsCompleted, Is.False);

        await first.DisposeAsync();
        await using var stream = await second;
        Assert.That((permits.Waiting, permits.Taken), Is.EqualTo((0, 1)));
    }

    [Test]
    public void A_failed_dial_returns_its_permit()
    {
        var permits = new ConnectionPermits(1);
        Assert.That(() => Dial(Backend.ClosedPort(), permits), Throws.InstanceOf<IOException>());
        Assert.That(permits.Taken, Is.Zero);
    }

    [Test]
    public async Task A_data_plane_counts_HTTP_2_connections()
    {
        using var payments = new Rig.Http2.H2Backend();
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", "http2", PolicyModel.Default, payments.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());
        await client.Send("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        using var patience = new CancellationTokenSource(RawConnection.Patience);
        while (mesh.Plane.Inspection.Limits().Single().Connections != 1)
        {
            await Task.Delay(5, patience.Token);
        }
    }

    private static UpstreamConnector Connector(HostPort address) =>
        new(new UpstreamKey("web", address, TargetKind.MeshPeer, WireProtocol.Http2, MayStand: false), null, TimeProvider.System);

    private static Task<Stream> Dial(HostPort address, ConnectionPermits permits) => Dial(Connector(address), address, permits);

    // Only the handler can create the connector's context.
    private static async Task<Stream> Dial(UpstreamConnector connector, HostPort address, ConnectionPermits permits)
    {
        var dialled = new TaskCompletionSource<Stream>();
        using var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                try
                {
                    dialled.SetResult(await connector.ConnectAsync(context, cancellation));
                }
                catch (Exception failure)
                {
                    dialled.SetException(failure);
                }

                throw new IOException("Only the dial was wanted.");
            },
        });
        var request = new HttpRequestMessage(HttpMethod.Get, $"http://{address}/") { Version = HttpVersion.Version11 };
        request.Options.Set(UpstreamConnector.Connections, permits);
        var sent = client.SendAsync(request, CancellationToken.None);
        var stream = await dialled.Task;
        Assert.That(async () => await sent, Throws.InstanceOf<HttpRequestException>());
        return stream;
    }
}
