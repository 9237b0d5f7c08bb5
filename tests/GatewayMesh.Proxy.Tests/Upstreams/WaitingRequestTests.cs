using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Upstreams;

/// <summary>Requests for which no connection to their instance is idle.</summary>
public sealed class WaitingRequestTests
{
    [Test]
    public async Task A_request_whose_handshake_is_slow_goes_on_a_connection_that_another_request_returns()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var payments = new Backend(async (request, connection) =>
        {
            if (request.Target == "/first")
            {
                await gate.Task;
            }

            await connection.Send($"HTTP/1.1 200 OK\r\nContent-Length: {request.Target.Length}\r\n\r\n{request.Target}");
        });
        await using var mesh = new CertifiedMesh();
        var (_, inbound) = await mesh.Sidecar("payments", payments);
        using var narrow = new NarrowDoor(inbound, most: 1);
        var caller = await mesh.Plane("sidecar", ["web"], options => options with { Loops = 1 });
        caller.Service("payments", Patient, narrow.Address);
        var outbound = caller.Outbound();
        using var first = await RawConnection.To(outbound);
        using var second = await RawConnection.To(outbound);

        await first.Send("GET /first HTTP/1.1\r\nHost: payments\r\n\r\n");
        Assert.That(() => payments.Executed, Is.EqualTo(1).After(10_000, 5));
        await second.Send("GET /second HTTP/1.1\r\nHost: payments\r\n\r\n");
        Assert.That(() => narrow.Accepted, Is.EqualTo(2).After(10_000, 5));
        gate.SetResult();

        Assert.That((await first.ReadMessage(isResponse: true)).Body, Is.EqualTo("/first"));
        Assert.That((await second.ReadMessage(isResponse: true)).Body, Is.EqualTo("/second"));
        Assert.That(narrow.Accepted, Is.EqualTo(2));
    }

    [Test]
    public async Task A_request_that_waits_is_504_after_the_connect_timeout()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = new CertifiedMesh();
        var (_, inbound) = await mesh.Sidecar("payments", payments);
        using var narrow = new NarrowDoor(inbound, most: 0);
        var caller = await mesh.Plane("sidecar", ["web"]);
        caller.Service("payments", narrow.Address);
        using var client = await RawConnection.To(caller.Outbound());

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(504));
        Assert.That(answer["Proxy-Status"], Does.Contain("error=connection_timeout; forwarded=?0"));
    }

    [Test]
    public async Task A_client_that_leaves_while_it_waits_takes_no_connection_of_another()
    {
        using var payments = new Backend();
        await using var mesh = new CertifiedMesh();
        var (_, inbound) = await mesh.Sidecar("payments", payments);
        using var narrow = new NarrowDoor(inbound, most: 1);
        var caller = await mesh.Plane("sidecar", ["web"], options => options with { Loops = 1 });
        caller.Service("payments", Patient, narrow.Address);
        var outbound = caller.Outbound();
        using var first = await RawConnection.To(outbound);
        using var gone = await RawConnection.To(outbound);
        using var third = await RawConnection.To(outbound);

        await first.Send("GET /first HTTP/1.1\r\nHost: payments\r\n\r\n");
        using var application = await payments.NextConnection();
        await application.ReadHead();
        await gone.Send("GET /gone HTTP/1.1\r\nHost: payments\r\n\r\n");
        Assert.That(() => narrow.Accepted, Is.EqualTo(2).After(10_000, 5));
        await third.Send("GET /third HTTP/1.1\r\nHost: payments\r\n\r\n");
        Assert.That(() => narrow.Accepted, Is.EqualTo(3).After(10_000, 5));
        gone.Reset();
        Assert.That(() => caller.Plane.Inspection.Figures.InFlight, Is.EqualTo(2).After(10_000, 5));
        await application.Send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");

        Assert.That(await application.ReadHead(), Does.StartWith("GET /third "));
        await application.Send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n3");
        Assert.That((await third.ReadMessage(isResponse: true)).Body, Is.EqualTo("3"));
    }

    private static PolicyModel Patient => PolicyModel.Default with
    {
        Timeouts = PolicyModel.Default.Timeouts with { Connect = TimeSpan.FromSeconds(30) },
    };

    /// <summary>An address at which the first connections are passed on and the others are accepted and nothing more.</summary>
    private sealed class NarrowDoor : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<Socket> _open = [];
        private readonly IPEndPoint _target;
        private readonly int _most;
        private int _accepted;

        public NarrowDoor(IPEndPoint target, int most)
        {
            (_target, _most) = (target, most);
            _listener.Start();
            _ = AcceptAsync();
        }

        public HostPort Address => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);

        public int Accepted => Volatile.Read(ref _accepted);

        public void Dispose()
        {
            _listener.Dispose();
            _open.ForEach(socket => socket.Dispose());
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    var from = await _listener.AcceptSocketAsync();
                    _open.Add(from);
                    if (Interlocked.Increment(ref _accepted) <= _most)
                    {
                        var to = new Socket(SocketType.Stream, ProtocolType.Tcp);
                        _open.Add(to);
                        await to.ConnectAsync(_target);
                        _ = PassAsync(from, to);
                        _ = PassAsync(to, from);
                    }
                }
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
            }
        }

        private static async Task PassAsync(Socket from, Socket to)
        {
            try
            {
                await using var source = new NetworkStream(from);
                await using var sink = new NetworkStream(to);
                await source.CopyToAsync(sink);
            }
            catch (IOException)
            {
            }
        }
    }
}
