using System.Net;
using System.Net.Sockets;
using System.Text;
using GatewayMesh.Admin.Http;

namespace GatewayMesh.Tests.Admin.Http;

public sealed class AdminServerTests
{
    private static readonly Dictionary<(string, string), AdminHandler> Routes = new()
    {
        [("GET", "/status")] = request => AdminResponse.OfText(200, "well" + request.Query),
        [("POST", "/drain")] = request => AdminResponse.OfText(202, Encoding.UTF8.GetString(request.Body.Span)),
        [("GET", "/fails")] = _ => throw new InvalidOperationException("no luck"),
        [("GET", "/huge")] = _ => new AdminResponse(200, "application/octet-stream", new byte[32 << 20]),
        [("GET", "/large")] = _ => new AdminResponse(200, "application/octet-stream", new byte[1 << 20]),
    };

    private Socket _listener = null!;
    private AdminServer _server = null!;

    private EndPoint Address => _listener.LocalEndPoint!;

    [SetUp]
    public void Listen()
    {
        _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _server = new AdminServer(_listener, Routes);
    }

    [TearDown]
    public void Stop()
    {
        _server.Dispose();
        _listener.Dispose();
    }

    [Test]
    public void Route_receives_its_query()
    {
        var answer = AdminClient.Send(Address, "GET", "/status?a=b");
        Assert.That((answer.Status, answer.ContentType, answer.Text), Is.EqualTo((200, "text/plain; charset=utf-8", "wella=b")));
    }

    [Test]
    public void HEAD_responds_like_GET_without_a_body()
    {
        var answer = AdminClient.Send(Address, "HEAD", "/status");
        Assert.That((answer.Status, answer.Body.Length), Is.EqualTo((200, 0)));
        Assert.That(Raw("HEAD /status HTTP/1.1\r\nHost: localhost\r\n\r\n"), Does.Contain("Content-Length: 4\r\n").And.EndWith("\r\n\r\n"));
    }

    [Test]
    public void Request_body_is_read() =>
        Assert.That(AdminClient.Send(Address, "POST", "/drain", "undo"u8.ToArray()).Text, Is.EqualTo("undo"));

    [Test]
    public void Large_response_arrives_whole() => Assert.That(AdminClient.Send(Address, "GET", "/large").Body.Length, Is.EqualTo(1 << 20));

    [Test]
    public void An_unknown_path_is_404() => Assert.That(AdminClient.Send(Address, "GET", "/nowhere").Status, Is.EqualTo(404));

    [Test]
    public void Wrong_method_is_405_and_lists_the_allowed_methods()
    {
        Assert.That(
            Raw("DELETE /status HTTP/1.1\r\nHost: localhost\r\n\r\n"), Does.StartWith("HTTP/1.1 405 ").And.Contain("Allow: GET, HEAD\r\n"));
        Assert.That(Raw("GET /drain HTTP/1.1\r\nHost: localhost\r\n\r\n"), Does.StartWith("HTTP/1.1 405 ").And.Contain("Allow: POST\r\n"));
    }

    [Test]
    public void Throwing_handler_is_500_and_the_server_keeps_running()
    {
        var answer = AdminClient.Send(Address, "GET", "/fails");
        Assert.That(answer.Status, Is.EqualTo(500));
        Assert.That(answer.Text, Does.Contain("no luck"));
        Assert.That(AdminClient.Send(Address, "GET", "/status").Status, Is.EqualTo(200));
    }

    [TestCase("nonsense\r\n\r\n")]
    [TestCase("GET /status HTTP/2\r\nHost: localhost\r\n\r\n")]
    [TestCase("GET /status HTTP/1.1\r\n\r\n")]
    [TestCase("GET http://localhost/status HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [TestCase("GET /status HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n")]
    [TestCase("GET /status HTTP/1.1\r\nHost : localhost\r\n\r\n")]
    [TestCase("GET /status HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n")]
    [TestCase("POST /drain HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n")]
    [TestCase("POST /drain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx")]
    [TestCase("POST /drain HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [TestCase("POST /drain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nshort")]
    [TestCase("GET /status HTTP/1.1\r\nHo")]
    public void A_malformed_request_is_400(string request) => Assert.That(Raw(request), Does.StartWith("HTTP/1.1 400 "));

    [Test]
    public void Endless_head_is_431() =>
        Assert.That(Raw("GET /status HTTP/1.1\r\nHost: localhost\r\nX: " + new string('x', 9000)), Does.StartWith("HTTP/1.1 431 "));

    [Test]
    public void Oversized_body_is_413() =>
        Assert.That(Raw("POST /drain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65537\r\n\r\n"), Does.StartWith("HTTP/1.1 413 "));

    [TestCase("localhost", 200)]
    [TestCase("LOCALHOST:15000", 200)]
    [TestCase("127.0.0.1:15000", 200)]
    [TestCase("[::1]:15000", 200)]
    [TestCase("[::1]", 200)]
    [TestCase("rebound.example", 403)]
    [TestCase("127.0.0.1.rebound.example:15000", 403)]
    [TestCase("localhost.rebound.example", 403)]
    [TestCase("", 403)]
    public void Only_a_host_that_DNS_cannot_rebind_is_served(string host, int status) =>
        Assert.That(Raw($"GET /status HTTP/1.1\r\nHost: {host}\r\n\r\n"), Does.StartWith($"HTTP/1.1 {status} "));

    [Test]
    public void Browser_page_cannot_post() =>
        Assert.That(
            Raw("POST /drain HTTP/1.1\r\nHost: localhost\r\nOrigin: https://x.example\r\nContent-Length: 0\r\n\r\n"),
            Does.StartWith("HTTP/1.1 403 "));

    [TestCase("Via: 1.1 host-a-sidecar")]
    [TestCase("via: 2.0 anybody")]
    [TestCase("Forwarded: for=10.0.0.1")]
    [TestCase("X-Forwarded-For: 10.0.0.1")]
    [TestCase("x_forwarded_proto: http")]
    [TestCase("gatewaymesh-hops: 1")]
    [TestCase("GATEWAYMESH_SOURCE: spiffe://x")]
    public void Request_through_a_proxy_is_refused(string field)
    {
        Assert.That(
            Raw($"POST /drain HTTP/1.1\r\nHost: localhost\r\n{field}\r\nContent-Length: 0\r\n\r\n"),
            Does.StartWith("HTTP/1.1 403 ").And.Contain("proxy"));
        Assert.That(Raw($"GET /status HTTP/1.1\r\nHost: localhost\r\n{field}\r\n\r\n"), Does.StartWith("HTTP/1.1 403 "));
    }

    [TestCase("cross-site", 403)]
    [TestCase("same-site", 403)]
    [TestCase("nonsense", 403)]
    [TestCase("", 403)]
    [TestCase("none\r\nSec-Fetch-Site: cross-site", 403)]
    [TestCase("same-origin", 202)]
    [TestCase("none", 202)]
    public void Browser_POST_requires_a_same_origin_fetch_site(string site, int status) =>
        Assert.That(
            Raw($"POST /drain HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: {site}\r\nContent-Length: 0\r\n\r\n"),
            Does.StartWith($"HTTP/1.1 {status} "));

    [TestCase("0.0.0.0:15000")]
    [TestCase("10.0.0.5")]
    [TestCase("[::ffff:10.0.0.5]:15000")]
    [TestCase("[2001:db8::1]")]
    public void Host_other_than_loopback_or_this_address_is_refused(string host) =>
        Assert.That(Raw($"GET /status HTTP/1.1\r\nHost: {host}\r\n\r\n"), Does.StartWith("HTTP/1.1 403 "));

    [Test]
    public void With_a_token_any_name_of_the_address_is_served()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var server = new AdminServer(listener, Routes, token: new AdminToken(new("0123456789abcdef0123456789abcdef", null)));

        Assert.That(
            Raw(
                "GET /status HTTP/1.1\r\nHost: gateway.example\r\nAuthorization: Bearer 0123456789abcdef0123456789abcdef\r\n\r\n",
                listener.LocalEndPoint!),
            Does.StartWith("HTTP/1.1 200 "));
        Assert.That(Raw("GET /status HTTP/1.1\r\nHost: gateway.example\r\n\r\n", listener.LocalEndPoint!), Does.StartWith("HTTP/1.1 401 "));
    }

    [Test]
    public void Silent_slow_and_unread_connections_never_lock_an_operator_out()
    {
        var others = new List<Socket>();
        try
        {
            for (var i = 0; i < 4 * AdminServer.MaxConnections; i++)
            {
                var other = Connect(Address);
                others.Add(other);
                other.Send((i % 3) switch
                {
                    0 => [],
                    1 => "GET /status HTTP/1.1\r\nHo"u8,
                    _ => "GET /huge HTTP/1.1\r\nHost: localhost\r\n\r\n"u8, // never read
                });
                if (i >= AdminServer.MaxConnections && i % 8 == 0)
                {
                    Assert.That(
                        AdminClient.Send(Address, "GET", "/status", timeout: TimeSpan.FromSeconds(2)).Status,
                        Is.EqualTo(200),
                        $"with {i} others");
                }
            }
        }
        finally
        {
            others.ForEach(other => other.Dispose());
        }
    }

    [Test]
    public void Request_with_a_running_handler_is_not_evicted()
    {
        using var entered = new SemaphoreSlim(0);
        using var release = new ManualResetEventSlim();
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var routes = new Dictionary<(string, string), AdminHandler>
        {
            [("POST", "/drain")] = _ =>
            {
                entered.Release();
                release.Wait(TimeSpan.FromSeconds(10));
                return AdminResponse.OfText(202, "drained");
            },
        };
        using var server = new AdminServer(listener, routes, TimeSpan.FromSeconds(20));
        using var order = Connect(listener.LocalEndPoint!);
        order.Send("POST /drain HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"u8);
        entered.Wait(TimeSpan.FromSeconds(10));

        var silent = Enumerable.Range(0, 2 * AdminServer.MaxConnections).Select(_ => Connect(listener.LocalEndPoint!)).ToList();
        Assert.That(silent[0].Receive(new byte[1]), Is.Zero, "the oldest silent one made room");
        release.Set();

        var answer = new byte[1024];
        Assert.That(Encoding.Latin1.GetString(answer, 0, order.Receive(answer)), Does.StartWith("HTTP/1.1 202 "));
        silent.ForEach(each => each.Dispose());
    }

    [Test]
    public void Server_responds_while_the_thread_pool_is_starved()
    {
        ThreadPool.GetMinThreads(out var minWorkers, out var minIo);
        ThreadPool.GetMaxThreads(out var maxWorkers, out var maxIo);
        var release = new ManualResetEventSlim(); // not disposed: work items may still use it after the test
        try
        {
            ThreadPool.SetMinThreads(1, 1);
            ThreadPool.SetMaxThreads(Environment.ProcessorCount, Environment.ProcessorCount);
            for (var i = 0; i < Environment.ProcessorCount + 10; i++)
            {
                ThreadPool.UnsafeQueueUserWorkItem(_ => release.Wait(), null);
            }

            Assert.That(AdminClient.Send(Address, "GET", "/status").Status, Is.EqualTo(200));
        }
        finally
        {
            release.Set();
            ThreadPool.SetMaxThreads(maxWorkers, maxIo);
            ThreadPool.SetMinThreads(minWorkers, minIo);
        }
    }

    [Test]
    public void Silent_connections_free_their_slot_after_the_time_limit()
    {
        using var server = new SlowServer();
        var silent = Enumerable.Range(0, AdminServer.MaxConnections).Select(_ => Connect(server.Address)).ToList();

        // Each silent connection is closed at its time limit and frees a slot.
        foreach (var connection in silent)
        {
            Assert.That(connection.Receive(new byte[1]), Is.Zero);
            connection.Dispose();
        }

        AdminResponse? answer = null;
        while (answer is null)
        {
            answer = AdminClient.TrySend(server.Address, "GET", "/status");
        }

        Assert.That(answer.Status, Is.EqualTo(200));
    }

    [Test]
    public void Server_listens_on_a_Unix_socket()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using var server = new AdminServer(listener, Routes);
        Assert.That(AdminClient.Send(new UnixDomainSocketEndPoint(path), "GET", "/status").Text, Is.EqualTo("well"));
        File.Delete(path);
    }

    [Test]
    public void Stopped_server_leaves_its_listener_open()
    {
        _server.Dispose();
        using var second = new AdminServer(_listener, Routes);
        Assert.That(AdminClient.Send(Address, "GET", "/status").Status, Is.EqualTo(200));
    }

    private string Raw(string request) => Raw(request, Address);

    private static string Raw(string request, EndPoint to)
    {
        using var socket = Connect(to);
        socket.Send(Encoding.Latin1.GetBytes(request));
        socket.Shutdown(SocketShutdown.Send);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        int count;
        while ((count = socket.Receive(buffer)) > 0)
        {
            answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return answer.ToString();
    }

    private static Socket Connect(EndPoint to)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(to);
        return socket;
    }

    private sealed class SlowServer : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly AdminServer _server;

        public SlowServer()
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen();
            _server = new AdminServer(_listener, Routes, TimeSpan.FromMilliseconds(100));
        }

        public EndPoint Address => _listener.LocalEndPoint!;

        public void Dispose()
        {
            _server.Dispose();
            _listener.Dispose();
        }
    }
}
