using System.Net.Sockets;
using System.Text;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Forwarding;

/// <summary>Streams of any protocol after 101, over one hop from each kind of listener and over two sidecars.</summary>
public class ProtocolTunnelTests
{
    private const string Asked = "Connection: Upgrade\r\nUpgrade: echo/2\r\n";
    private const string Switching = "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: echo/2\r\nx-RePly: a  b\r\n\r\n";
    private const int Million = 1024 * 1024;

    [Test]
    public async Task Any_protocol_is_a_tunnel_in_which_a_side_that_has_ended_still_receives(
        [ValueSource(typeof(OneListener), nameof(OneListener.Kinds))] ListenerKind kind, [Values] bool clientEndsFirst)
    {
        using var payments = new Backend();
        await using var listener = await OneListener.Start(kind, payments.HostPort);
        using var client = await listener.Connect();
        await client.Send($"GET /x HTTP/1.1\r\n{listener.Lines}{Asked}\r\n");
        using var application = await payments.NextConnection();
        var request = new RawMessage(await application.ReadHead());
        await application.Send(Switching + "first");
        var head = await client.ReadHead();

        Assert.That((request["Connection"], request["Upgrade"]), Is.EqualTo(("Upgrade", "echo/2")));
        Assert.That(head, Does.StartWith("HTTP/1.1 101 Switching\r\n").And.Contain("\r\nx-RePly: a  b\r\n"));
        Assert.That(new RawMessage(head)["Upgrade"], Is.EqualTo("echo/2"));
        Assert.That(await client.ReadBytes(5), Is.EqualTo("first"u8.ToArray()));

        var (ending, other) = clientEndsFirst ? (client, application) : (application, client);
        await ending.Send("last words");
        ending.Socket.Shutdown(SocketShutdown.Send);
        Assert.That(await other.ReadToEnd(), Is.EqualTo("last words"));
        await Task.Delay(1500); // more than a WebSocket's linger
        await other.Send("still here");
        Assert.That(await ending.ReadBytes(10), Is.EqualTo("still here"u8.ToArray()));
        other.Socket.Shutdown(SocketShutdown.Send);
        Assert.That(await ending.ReadToEnd(), Is.Empty, "an end, not a reset");
    }

    [TestCase("Content-Length: 4\r\n", "body", "body")]
    [TestCase("Transfer-Encoding: chunked\r\n", "4\r\nbody\r\n0\r\n\r\n", "4\r\nbody\r\n0\r\n\r\n")]
    public async Task A_request_with_a_body_becomes_a_tunnel(string framing, string sent, string arrived)
    {
        using var payments = new Backend();
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.Connect();

        await client.Send($"POST / HTTP/1.1\r\n{listener.Lines}{Asked}{framing}\r\n{sent}tunneled");
        using var application = await payments.NextConnection();
        await application.ReadHead();
        Assert.That(Encoding.Latin1.GetString(await application.ReadBytes(arrived.Length)), Is.EqualTo(arrived));
        await application.Send(Switching);

        Assert.That(await client.ReadHead(), Does.StartWith("HTTP/1.1 101 "));
        Assert.That(await application.ReadBytes(8), Is.EqualTo("tunneled"u8.ToArray()));
    }

    [Test]
    public async Task An_instance_may_switch_before_the_body_is_complete()
    {
        using var payments = new Backend();
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.Connect();

        await client.Send($"POST / HTTP/1.1\r\n{listener.Lines}{Asked}Content-Length: 4\r\n\r\nbo");
        using var application = await payments.NextConnection();
        await application.ReadHead();
        await application.Send(Switching + "early");
        Assert.That(await client.ReadHead(), Does.StartWith("HTTP/1.1 101 "));
        Assert.That(await client.ReadBytes(5), Is.EqualTo("early"u8.ToArray()));
        await client.Send("dytunneled");

        Assert.That(await application.ReadBytes(12), Is.EqualTo("bodytunneled"u8.ToArray()));
    }

    [Test]
    public async Task An_instance_that_declines_answers_and_the_connection_continues()
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.Connect();

        for (var i = 0; i < 3; i++)
        {
            var answer = await client.Ask($"POST / HTTP/1.1\r\n{listener.Lines}{Asked}Content-Length: 4\r\n\r\nbody");
            Assert.That((answer.Status, answer.Body, payments.Last.Body), Is.EqualTo((200, "paid", "body")));
        }

        Assert.That(listener.Evidence(), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task Ten_tunnels_over_two_sidecars_lose_no_byte_of_the_last_million_of_either_side()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Http2.PriorKnowledgeTests.Sidecars(payments.HostPort, "http");
        await using var _ = mesh;
        for (var i = 0; i < 10; i++)
        {
            using var client = await RawConnection.To(outbound);
            await client.Send($"GET / HTTP/1.1\r\nHost: payments\r\n{Asked}\r\n");
            using var application = await payments.NextConnection();
            await application.ReadHead();
            await application.Send(Switching);
            await client.ReadHead();

            await Task.WhenAll(End(client, 'c', application), End(application, 'a', client));
        }

        static async Task End(RawConnection from, char content, RawConnection to)
        {
            var sending = from.Send(new string(content, Million));
            var arriving = to.ReadToEnd();
            await sending;
            from.Socket.Shutdown(SocketShutdown.Send);
            Assert.That(await arriving == new string(content, Million), $"every {content}");
        }
    }

    [Test]
    public async Task An_application_that_ended_still_reads_what_was_on_its_way()
    {
        using var payments = new Backend();
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.Connect();
        await client.Send($"GET / HTTP/1.1\r\n{listener.Lines}{Asked}\r\n");
        using var application = await payments.NextConnection();
        await application.ReadHead();
        await application.Send(Switching);
        await client.ReadHead();

        await client.Send(new string('c', Million)); // more than the application's socket takes unread
        client.Socket.Shutdown(SocketShutdown.Send);
        await Task.Delay(1000); // the mesh has taken all of it
        application.Socket.Shutdown(SocketShutdown.Send);
        Assert.That(await client.ReadToEnd(), Is.Empty);
        Assert.That(() => listener.Mesh.Plane.Inspection.Figures.InFlight, Is.Zero.After(5000, 5));

        Assert.That(await application.ReadToEnd(), Has.Length.EqualTo(Million));
    }

    [Test]
    public async Task Last_bytes_of_an_application_that_takes_no_more_still_arrive()
    {
        using var payments = new Backend();
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.Connect();
        await client.Send($"GET / HTTP/1.1\r\n{listener.Lines}{Asked}\r\n");
        using var application = await payments.NextConnection();
        await application.ReadHead();
        await application.Send(Switching);
        await client.ReadHead();

        const int Last = 32 * 1024; // the mesh takes all of it; a reset discards what is still in the application's socket
        await application.Send(new string('a', Last));
        await Task.Delay(200);
        application.Socket.Close(); // what the client sends from here on is answered by a reset
        for (var i = 0; i < 5; i++)
        {
            await client.Send("more");
            await Task.Delay(20);
        }

        Assert.That(await client.ReadToEnd(), Has.Length.EqualTo(Last));
    }

    [Test]
    public async Task A_slow_body_of_an_upgrade_is_refused_like_any_other()
    {
        using var application = new Backend();
        await using var edge = await PublicMesh.Start(
            application, new LimitsSpec { MinRequestBodyDataRate = 1000, RequestBodyGrace = TimeSpan.FromMilliseconds(300) });
        using var client = await RawConnection.To(edge.Address);

        var refused = await client.Ask($"POST / HTTP/1.1\r\nHost: x\r\n{Asked}Content-Length: 100000\r\n\r\n0123456789");

        Assert.That(refused.Status, Is.EqualTo(408));
    }
}
