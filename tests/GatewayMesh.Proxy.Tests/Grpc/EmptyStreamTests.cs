using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Grpc;

/// <summary>Calls whose response has no message: the status is in the trailers of an empty stream.</summary>
public sealed class EmptyStreamTests
{
    private const string Message = "\0\0\0\0\u0002ok";

    private static readonly Fields Head = Fields.Of((":status", "200"), ("content-type", "application/grpc"));

    [TestCase("14", "unavailable")]
    [TestCase("8", "resource_exhausted")]
    public async Task A_status_at_the_end_of_an_empty_stream_is_retried_like_one_in_the_head(string status, string what)
    {
        using var payments = First((stream, connection) => Empty(stream, connection, status));
        await using var mesh = await With(payments);
        using var client = await H2Connection.To(mesh.Outbound());

        var answer = await client.Ask(Call(), "\0\0\0\0\0");

        Assert.That((answer.Body, answer.Trailers?["grpc-status"]), Is.EqualTo((Message, "0")), what);
        Assert.That(payments.Requests.Select(request => request["gatewaymesh-attempt"]), Is.EqualTo(new[] { "1", "2" }));
        Assert.That(
            mesh.Metrics(), Does.Contain("gatewaymesh_grpc_calls_total{direction=\"outbound\",destination=\"payments\",code=\"0\"} 1"));
    }

    [Test]
    public async Task A_status_that_the_policy_does_not_name_is_passed_on_with_its_trailers()
    {
        using var payments = First((stream, connection) => Empty(stream, connection, "5"));
        await using var mesh = await With(payments);
        using var client = await H2Connection.To(mesh.Outbound());

        var answer = await client.Ask(Call(), "\0\0\0\0\0");

        Assert.That((answer.Body, answer.Trailers?["grpc-status"], payments.Executed), Is.EqualTo(("", "5", 1)));
    }

    [Test]
    public async Task A_status_behind_a_message_comes_too_late()
    {
        using var payments = First(async (stream, connection) =>
        {
            await connection.Headers(stream, Head);
            await connection.Data(stream, Message);
            await connection.Headers(stream, Fields.Of(("grpc-status", "14")), end: true);
        });
        await using var mesh = await With(payments);
        using var client = await H2Connection.To(mesh.Outbound());

        var answer = await client.Ask(Call(), "\0\0\0\0\0");

        Assert.That((answer.Body, answer.Trailers?["grpc-status"], payments.Executed), Is.EqualTo((Message, "14", 1)));
    }

    [Test]
    public async Task A_head_whose_first_message_comes_later_is_not_held_back()
    {
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var payments = First(async (stream, connection) =>
        {
            await connection.Headers(stream, Head);
            await next.Task;
            for (var i = 0; i < 3; i++)
            {
                await connection.Data(stream, Message);
            }

            await connection.Headers(stream, Fields.Of(("grpc-status", "0")), end: true);
        });
        await using var mesh = await With(payments);
        using var client = await H2Connection.To(mesh.Outbound());
        await client.Request(Call(), end: false);
        await client.Data(1, "\0\0\0\0\0", end: true);

        Assert.That((await client.ReadHead()).Fields.Status, Is.EqualTo(200), "before a message exists");
        next.SetResult();
        var body = "";
        Frame frame;
        while ((frame = await client.Read()).Type == FrameType.Data)
        {
            body += System.Text.Encoding.Latin1.GetString(frame.Payload);
        }

        Assert.That(body, Is.EqualTo(Message + Message + Message));
        Assert.That(Hpack.Decode(frame.Payload)["grpc-status"], Is.EqualTo("0"));
    }

    [Test]
    public async Task A_head_that_the_client_of_a_stream_may_wait_for_passes_at_once()
    {
        using var payments = new H2Backend();
        await using var mesh = await With(payments, options => options with { Time = new EndlessPatience() });
        using var client = await H2Connection.To(mesh.Outbound());
        var stream = await client.Request(Call(), end: false);
        await client.Data(stream, "\0\0\0\0\0");
        using var application = await payments.NextConnection();
        var (upstream, _, _) = await application.ReadHead();

        await application.Headers(upstream, Head);

        Assert.That((await client.ReadHead()).Fields.Status, Is.EqualTo(200), "the client has not ended its messages");
    }

    [TestCase("callee's sidecar")]
    [TestCase("single instance")]
    [TestCase("gateway ahead")]
    public async Task A_head_passes_at_once_where_no_retry_can_follow(string where)
    {
        using var payments = new H2Backend();
        await using var mesh = await With(payments, options => options with
        {
            Time = new EndlessPatience(),
            GatewayShare = where == "gateway ahead" ? 1 : 0,
        });
        if (where == "single instance")
        {
            mesh.Service("payments", "grpc", Retried(sameInstance: false), payments.HostPort);
        }
        else if (where == "gateway ahead")
        {
            mesh.Gateway(payments.HostPort);
        }

        using var client = await H2Connection.To(
            where == "callee's sidecar" ? mesh.Inbound(payments.HostPort, protocol: "grpc") : mesh.Outbound());
        await client.Data(await client.Request(Call(), end: false), "\0\0\0\0\0", end: true);
        using var application = await payments.NextConnection();
        var (upstream, _, _) = await application.ReadHead();

        await application.Headers(upstream, Head);

        Assert.That((await client.ReadHead()).Fields.Status, Is.EqualTo(200), "before a message exists");
    }

    [Test]
    public async Task A_stream_that_breaks_behind_its_head_is_reset_at_the_client()
    {
        using var payments = First(async (stream, connection) =>
        {
            await connection.Headers(stream, Head);
            await connection.Reset(stream, 2);
        });
        await using var mesh = await With(payments);
        using var client = await H2Connection.To(mesh.Outbound());
        await client.Request(Call(), end: false);
        await client.Data(1, "\0\0\0\0\0", end: true);

        var frame = await client.Read();
        frame = frame.Type == FrameType.Headers ? await client.Read() : frame;

        Assert.That(frame.Type, Is.EqualTo(FrameType.RstStream));
        Assert.That(payments.Executed, Is.EqualTo(1));
    }

    private static Fields Call() =>
        Fields.Request("POST", "/pay.Payments/Pay", "payments", ("content-type", "application/grpc"), ("te", "trailers"));

    private static async Task Empty(int stream, H2Connection connection, string status)
    {
        await connection.Headers(stream, Head);
        await connection.Headers(stream, Fields.Of(("grpc-status", status)), end: true);
    }

    // An application whose first response the test writes.
    private static H2Backend First(Func<int, H2Connection, Task> answer) => new(async (request, connection) =>
    {
        if (request["gatewaymesh-attempt"] == "1")
        {
            await answer(request.Stream, connection);
            return;
        }

        await connection.Headers(request.Stream, Head);
        await connection.Data(request.Stream, Message);
        await connection.Headers(request.Stream, Fields.Of(("grpc-status", "0")), end: true);
    });

    private static async Task<Mesh> With(H2Backend payments, Func<DataPlaneOptions, DataPlaneOptions>? with = null)
    {
        var mesh = await Mesh.Start(with);
        return mesh.Service("payments", "grpc", Retried(sameInstance: true), payments.HostPort);
    }

    private static PolicyModel Retried(bool sameInstance) => PolicyModel.Default with
    {
        Retries = RetriesModel.Default with
        {
            On = [RetryCondition.Unavailable, RetryCondition.ResourceExhausted],
            AllMethods = true,
            SameInstance = sameInstance,
        },
    };

    /// <summary>The system clock, except that no wait for the end of a stream is ever over.</summary>
    private sealed class EndlessPatience : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(
                callback, state, dueTime == TimeSpan.FromMilliseconds(100) ? Timeout.InfiniteTimeSpan : dueTime, period);
    }
}
