using System.Net.Sockets;
using System.Threading.Channels;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.LoadBalancing;

/// <summary>
/// Events that are no evidence about an instance: a request never sent, a client's slow or broken upload, and an early final response.
/// </summary>
public class NoEvidenceTests
{
    private const int Often = 12; // more than any threshold of ejection

    private static readonly PolicyModel Policy = PolicyModel.Default with
    {
        Timeouts = PolicyModel.Default.Timeouts with { Attempt = TimeSpan.FromMilliseconds(300), Idle = TimeSpan.FromMilliseconds(300) },
        Retries = PolicyModel.Default.Retries with { BufferSize = 0 },
        LoadBalancing = new()
        {
            Ewma = new()
            {
                DefaultRtt = TimeSpan.FromMilliseconds(1),
                Decay = TimeSpan.FromHours(1),
                FailurePenalty = TimeSpan.FromSeconds(5),
            },
        },
        Limits = new() { Breaker = new() { Enabled = true } },
    };

    [TestCase(MeshErrorKind.RequestMalformed)]
    [TestCase(MeshErrorKind.RequestTooLarge)]
    [TestCase(MeshErrorKind.RequestTimeout)]
    [TestCase(MeshErrorKind.ClientGone)]
    [TestCase(MeshErrorKind.Internal)]
    [TestCase(MeshErrorKind.NoCertificate)]
    [TestCase(MeshErrorKind.LimitReached)]
    [TestCase(MeshErrorKind.IntentionDenied)]
    [TestCase(MeshErrorKind.DeadlineExceeded)]
    public void A_local_error_is_no_evidence_good_or_bad(MeshErrorKind kind) =>
        Assert.That(EndpointEvidence.OfAttempt(new MeshError(kind)), Is.EqualTo(EndpointOutcome.Cancelled));

    [Test]
    public void A_local_shortage_of_sockets_is_no_evidence() =>
        Assert.That(
            (
                EndpointEvidence.OfAttempt(new MeshError(MeshErrorKind.ConnectionRefused, Details: MeshError.OutOfSockets)),
                EndpointEvidence.OfAttempt(new MeshError(MeshErrorKind.ConnectionRefused))),
            Is.EqualTo((EndpointOutcome.Cancelled, EndpointOutcome.ConnectFailed)));

    [Test]
    public async Task A_slow_upload_is_408_and_no_evidence([Values("http", "http2")] string protocol, [Values] bool byHttp2)
    {
        using var payments = new Backend();
        var swallowing = Swallow(payments, protocol == "http2");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, Policy, protocol, arePeers: false, payments.HostPort);

        for (var i = 0; i < 3; i++)
        {
            Assert.That(await SlowUpload(listener, byHttp2), Is.EqualTo(408));
        }

        AssertNothingIsKnown(listener);
        payments.Dispose();
        await swallowing;
    }

    [Test]
    public async Task A_slow_successful_upload_is_not_counted_as_latency()
    {
        using var payments = Backend.Answering("paid");
        var policy = Policy with { Timeouts = PolicyModel.Default.Timeouts with { Attempt = TimeSpan.FromMilliseconds(300) } };
        await using var listener = await OneListener.Start(ListenerKind.Outbound, policy, "http", arePeers: false, payments.HostPort);
        using var client = await listener.Connect();

        await client.Send($"POST / HTTP/1.1\r\n{listener.Lines}Content-Length: 4\r\n\r\nb");
        await Task.Delay(900); // three times the time of an attempt
        await client.Send("ody");
        var answer = await client.ReadMessage(isResponse: true);

        Assert.That((answer.Status, answer.Body), Is.EqualTo((200, "paid")));
        AssertNothingIsKnown(listener, mayAnswer: true);
    }

    [Test]
    public async Task A_broken_upload_is_no_evidence(
        [Values("http", "http2")] string protocol, [Values("reset", "half closed", "stream reset")] string how)
    {
        using var payments = new Backend();
        var swallowing = Swallow(payments, protocol == "http2");
        await using var listener = await OneListener.Start(
            ListenerKind.Outbound, Policy with { Timeouts = PolicyModel.Default.Timeouts }, protocol, arePeers: false, payments.HostPort);

        for (var i = 0; i < Often; i++)
        {
            await BreakUpload(listener, how);
        }

        Assert.That(() => listener.Mesh.Plane.Inspection.Figures.InFlight, Is.Zero.After(5000, 20));
        AssertNothingIsKnown(listener);
        payments.Dispose();
        await swallowing;
    }

    [TestCase(401)]
    [TestCase(413)]
    public async Task An_early_response_that_closes_the_connection_reaches_the_client_and_is_no_evidence(int status)
    {
        using var payments = new Backend();
        await using var listener = await OneListener.Start(
            ListenerKind.Outbound, Policy with { Timeouts = PolicyModel.Default.Timeouts }, "http", arePeers: false, payments.HostPort);
        var refusing = Refuse(payments, status);

        for (var i = 0; i < Often; i++)
        {
            using var client = await listener.Connect();
            await client.Send($"POST / HTTP/1.1\r\n{listener.Lines}Content-Length: 8000000\r\n\r\n");
            var sending = SendMuch(client, 8_000_000);
            var answer = new RawMessage(await client.ReadHead());
            Assert.That(answer.Status, Is.EqualTo(status));
            client.Dispose();
            await sending;
        }

        payments.Dispose();
        await refusing;
        AssertNothingIsKnown(listener, mayAnswer: true);
    }

    [Test]
    public async Task An_early_HTTP_2_response_reaches_the_client_and_is_no_evidence([Values] bool resets)
    {
        using var payments = new H2Backend();
        await using var listener = await OneListener.Start(
            ListenerKind.Outbound, Policy with { Timeouts = PolicyModel.Default.Timeouts }, "http2", arePeers: false, payments.HostPort);
        using var client = await listener.ConnectHttp2();
        H2Connection? application = null;
        try
        {
            for (var i = 0; i < Often; i++)
            {
                var stream = await client.Request(listener.Head("POST", "/", ("content-length", "100000")), end: false);
                await client.Data(stream, "some of it");
                application ??= await payments.NextConnection();
                var arrived = await application.ReadUntil(FrameType.Headers);
                await application.Headers(arrived.Stream, Fields.Of((":status", "413")), end: true);
                if (resets)
                {
                    await application.Reset(arrived.Stream, 0);
                }

                Assert.That((await client.ReadUntil(FrameType.Headers)).Stream, Is.EqualTo(stream));
                await client.Reset(stream, 8);
            }
        }
        finally
        {
            application?.Dispose();
        }

        Assert.That(() => listener.Mesh.Plane.Inspection.Figures.InFlight, Is.Zero.After(5000, 20));
        AssertNothingIsKnown(listener, mayAnswer: true);
    }

    [Test]
    public async Task A_broken_off_response_is_evidence()
    {
        using var payments = Backend.BytesAndEnd("");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, Policy, "http", arePeers: false, payments.HostPort);
        using var client = await listener.Connect();

        await client.Ask($"POST / HTTP/1.1\r\n{listener.Lines}Content-Length: 4\r\n\r\nbody");

        Assert.That(listener.Evidence().Failures, Is.EqualTo(1));
    }

    private static void AssertNothingIsKnown(OneListener listener, bool mayAnswer = false)
    {
        Assert.That(listener.Evidence(), Is.EqualTo((0, 0)));
        Assert.That(
            listener.Mesh.Plane.Inspection.Endpoints().Single().Latency,
            Is.LessThan(TimeSpan.FromMilliseconds(mayAnswer ? 250 : 2)),
            "includes neither the client's time nor a penalty");
        Assert.That(listener.Mesh.Metrics(), Does.Not.Contain("circuit_open"));
    }

    private static async Task<int> SlowUpload(OneListener listener, bool byHttp2)
    {
        if (byHttp2)
        {
            using var stream = await listener.ConnectHttp2();
            var number = await stream.Request(listener.Head("POST", "/", ("content-length", "100")), end: false);
            await stream.Data(number, "slow");
            return (await stream.ReadHead()).Fields.Status;
        }

        using var client = await listener.Connect();
        await client.Send($"POST / HTTP/1.1\r\n{listener.Lines}Content-Length: 100\r\n\r\nslow");
        return new RawMessage(await client.ReadHead()).Status;
    }

    private static async Task BreakUpload(OneListener listener, string how)
    {
        if (how == "stream reset")
        {
            using var connection = await listener.ConnectHttp2();
            var stream = await connection.Request(listener.Head("POST", "/", ("content-length", "100")), end: false);
            await connection.Data(stream, "some");
            await connection.Reset(stream, 8);
            await connection.Send(FrameType.Ping, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
            while ((await connection.ReadAny()).Type != FrameType.Ping)
            {
            }

            return;
        }

        using var client = await listener.Connect();
        await client.Send($"POST / HTTP/1.1\r\n{listener.Lines}Content-Length: 100\r\n\r\nsome");
        if (how == "reset")
        {
            client.Reset();
            return;
        }

        client.Socket.Shutdown(SocketShutdown.Send);
        await client.IsEnded();
    }

    // Reads and never responds.
    private static async Task Swallow(Backend payments, bool isHttp2)
    {
        List<Task> reading = [];
        try
        {
            while (true)
            {
                var connection = await payments.NextConnection();
                if (isHttp2)
                {
                    await connection.Send(new byte[] { 0, 0, 0, (byte)FrameType.Settings, 0, 0, 0, 0, 0 });
                }

                reading.Add(connection.IsEnded());
            }
        }
        catch (Exception over) when (
            over is ChannelClosedException or OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
        }

        await Task.WhenAll(reading).ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    // Responds after the head, like servers that check credentials first, and closes without reading the rest.
    private static async Task Refuse(Backend payments, int status)
    {
        try
        {
            while (true)
            {
                using var connection = await payments.NextConnection();
                await connection.ReadHead();
                await connection.Send($"HTTP/1.1 {status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            }
        }
        catch (Exception over) when (
            over is ChannelClosedException or OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
        }
    }

    private static async Task SendMuch(RawConnection client, int count)
    {
        try
        {
            var block = new byte[64 * 1024];
            for (var sent = 0; sent < count; sent += block.Length)
            {
                await client.Send(block.AsMemory(0, Math.Min(block.Length, count - sent)));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
        }
    }
}
