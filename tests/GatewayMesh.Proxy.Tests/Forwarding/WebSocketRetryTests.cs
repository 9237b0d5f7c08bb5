using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Forwarding;

/// <summary>
/// A WebSocket on an HTTP/2 stream (RFC 8441) whose first attempt fails. A GET with the same failure defines the correct result.
/// </summary>
public class WebSocketRetryTests
{
    private const string NotForwarded =
        "HTTP/1.1 503 X\r\nProxy-Status: gatewaymesh; error=connection_limit_reached; forwarded=?0\r\nContent-Length: 0\r\n\r\n";

    private const string Unavailable = "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n";

    [TestCase(Failure.ConnectionRefused, RetryCondition.ConnectFailure, 200)]
    [TestCase(Failure.ConnectionRefused, RetryCondition.GatewayError, 200)]
    [TestCase(Failure.ConnectionRefused, RetryCondition.Reset, 502)]
    [TestCase(Failure.NotForwarded, RetryCondition.NotForwarded, 200)]
    [TestCase(Failure.NotForwarded, RetryCondition.ConnectFailure, 503)]
    [TestCase(Failure.Lost, RetryCondition.Reset, 200)]
    [TestCase(Failure.Lost, RetryCondition.ConnectFailure, 502)]
    [TestCase(Failure.Unavailable, RetryCondition.GatewayError, 200)]
    [TestCase(Failure.Unavailable, RetryCondition.Reset, 503)]
    public async Task An_extended_CONNECT_is_retried_exactly_like_a_GET(Failure failure, RetryCondition condition, int status)
    {
        var get = await Ask(AskPlainly, failure, condition);
        var webSocket = await Ask(AskForWebSocket, failure, condition);

        Assert.That(get, Is.EqualTo((status, status == 200 ? 2 : 1)));
        Assert.That(webSocket, Is.EqualTo(get));
    }

    [Test]
    public async Task The_WebSocket_works_after_a_second_attempt()
    {
        using var payments = new FailingInstances(Failure.NotForwarded);
        await using var mesh = await payments.Mesh(RetryCondition.NotForwarded);
        using var client = await H2Connection.To(mesh.Outbound());

        var stream = await client.Request(WebSocket(), end: false);
        Assert.That((await client.ReadHead()).Fields.Status, Is.EqualTo(200));
        await client.Data(stream, "one way");

        Assert.That(await Echo(client, stream, "one way".Length), Is.EqualTo("one way"));
        Assert.That(payments.Seen.Select(request => request["gatewaymesh-attempt"]), Is.EqualTo(new[] { "1", "2" }));
        Assert.That(
            payments.Seen.Select(request => (request.StartLine, request["Upgrade"])), Is.All.EqualTo(("GET /ws HTTP/1.1", "websocket")));
    }

    [Test]
    public async Task Early_client_data_on_a_WebSocket_arrives_once_and_whole()
    {
        using var payments = new FailingInstances(Failure.NotForwarded);
        await using var mesh = await payments.Mesh(RetryCondition.NotForwarded);
        using var client = await H2Connection.To(mesh.Outbound());

        var stream = await client.Request(WebSocket(), end: false);
        await client.Data(stream, "too early");
        Assert.That((await client.ReadHead()).Fields.Status, Is.EqualTo(200));

        Assert.That(await Echo(client, stream, "too early".Length), Is.EqualTo("too early"));
    }

    // Bytes arrive in as many DATA frames as the copies on the way made of them.
    private static async Task<string> Echo(H2Connection client, int stream, int length)
    {
        var text = "";
        while (text.Length < length)
        {
            var frame = await client.ReadUntil(FrameType.Data);
            Assert.That(frame.Stream, Is.EqualTo(stream));
            text += System.Text.Encoding.ASCII.GetString(frame.Payload);
        }

        return text;
    }

    private static Fields WebSocket() => Fields.Of(
        (":method", "CONNECT"),
        (":protocol", "websocket"),
        (":scheme", "http"),
        (":path", "/ws"),
        (":authority", "payments"),
        ("sec-websocket-version", "13"));

    // HTTP/1.1 on both hops, which is how a WebSocket is forwarded.
    private static async Task<int> AskPlainly(System.Net.IPEndPoint outbound)
    {
        using var client = await RawConnection.To(outbound);
        return (await client.Ask("GET /ws HTTP/1.1\r\nHost: payments\r\n\r\n")).Status;
    }

    private static async Task<int> AskForWebSocket(System.Net.IPEndPoint outbound)
    {
        using var client = await H2Connection.To(outbound);
        await client.Request(WebSocket(), end: false);
        return (await client.ReadHead()).Fields.Status;
    }

    // The status and the number of attempts of a request whose first attempt fails.
    private static async Task<(int Status, int Attempts)> Ask(
        Func<System.Net.IPEndPoint, Task<int>> ask, Failure failure, RetryCondition condition)
    {
        for (var round = 0; ; round++)
        {
            using var payments = new FailingInstances(failure);
            await using var mesh = await payments.Mesh(condition, seed: round);
            var answered = await ask(mesh.Outbound());
            if (failure != Failure.ConnectionRefused)
            {
                return (answered, payments.Seen.Count());
            }

            // A refused connection is not visible; the attempt number at the live instance reveals it.
            var number = payments.Seen.LastOrDefault()?["gatewaymesh-attempt"];
            if (number != "1")
            {
                return (answered, number is null ? 1 : int.Parse(number, System.Globalization.CultureInfo.InvariantCulture));
            }

            Assert.That(round, Is.LessThan(100), "one of two instances is selected first by chance, never the refusing one");
        }
    }

    /// <summary>Failure of the first attempt.</summary>
    public enum Failure
    {
        /// <summary>No process listens.</summary>
        ConnectionRefused,

        /// <summary>The instance's proxy reports that nothing was forwarded.</summary>
        NotForwarded,

        /// <summary>The connection ends before a response.</summary>
        Lost,

        /// <summary>The application responds with 503.</summary>
        Unavailable,
    }

    /// <summary>Two instances; the first request fails, and later ones are answered, or echoed for a WebSocket.</summary>
    private sealed class FailingInstances : IDisposable
    {
        private readonly Failure _failure;
        private readonly Backend[] _backends;
        private readonly System.Collections.Concurrent.ConcurrentQueue<RawMessage> _seen = [];
        private int _count;

        public FailingInstances(Failure failure)
        {
            _failure = failure;
            _backends = failure == Failure.ConnectionRefused ? [new Backend(Answer)] : [new Backend(Answer), new Backend(Answer)];
        }

        public IEnumerable<RawMessage> Seen => _seen;

        public async Task<Mesh> Mesh(RetryCondition condition, int seed = 1)
        {
            var mesh = await Rig.Mesh.Start(options => options with { Seed = seed });
            HostPort[] addresses = [
                .. _backends.Select(backend => backend.HostPort),
                .. _failure == Failure.ConnectionRefused ? [Backend.ClosedPort()] : Array.Empty<HostPort>()];
            return mesh.Service(
                "payments", PolicyModel.Default with { Retries = RetriesModel.Default with { On = [condition] } }, addresses);
        }

        public void Dispose()
        {
            foreach (var backend in _backends)
            {
                backend.Dispose();
            }
        }

        private async Task Answer(RawMessage request, RawConnection connection)
        {
            _seen.Enqueue(request);
            if (Interlocked.Increment(ref _count) == 1 && _failure != Failure.ConnectionRefused)
            {
                await Fail(connection);
            }
            else if (request.Has("Upgrade"))
            {
                await connection.Send(
                    $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
                        + $"{WebSocketTests.AcceptFor(request["Sec-WebSocket-Key"]!)}\r\n\r\n");
                while (true)
                {
                    await connection.Send(await connection.ReadBytes(1));
                }
            }
            else
            {
                await connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            }
        }

        private async Task Fail(RawConnection connection)
        {
            switch (_failure)
            {
                case Failure.Lost:
                    connection.Dispose();
                    break;
                case Failure.NotForwarded:
                    await connection.Send(NotForwarded);
                    break;
                default:
                    await connection.Send(Unavailable);
                    break;
            }
        }
    }
}
