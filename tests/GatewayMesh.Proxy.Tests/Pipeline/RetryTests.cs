using System.Net.Sockets;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Configuration.Policies.Timeouts;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Pipeline;

/// <summary>Retry settings of a policy, each with a request that would end differently without the setting.</summary>
public class RetryTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: payments\r\n\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 3\r\n\r\nabc";
    private const string Chunked =
        "POST / HTTP/1.1\r\nHost: payments\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";

    [TestCase(RetryCondition.ServerError, 500, true)]
    [TestCase(RetryCondition.ServerError, 599, true)]
    [TestCase(RetryCondition.ServerError, 404, false)]
    [TestCase(RetryCondition.GatewayError, 502, true)]
    [TestCase(RetryCondition.GatewayError, 503, true)]
    [TestCase(RetryCondition.GatewayError, 504, true)]
    [TestCase(RetryCondition.GatewayError, 500, false)]
    [TestCase(RetryCondition.Retriable4xx, 409, true)]
    [TestCase(RetryCondition.Retriable4xx, 400, false)]
    [TestCase(RetryCondition.StatusCodes, 429, true)]
    [TestCase(RetryCondition.StatusCodes, 503, false)]
    [TestCase(RetryCondition.Reset, 503, false)]
    public async Task A_response_is_retried_by_the_condition_for_its_status(RetryCondition condition, int status, bool again)
    {
        using var payments = new Failing(1, connection => connection.Send($"HTTP/1.1 {status} X\r\nContent-Length: 4\r\n\r\nfail"));
        await using var mesh = await payments.Mesh(Retrying(condition) with { StatusCodes = [429] });
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask(Get);

        Assert.That((answer.Status, answer.Body), Is.EqualTo(again ? (200, "paid") : (status, "fail")));
        Assert.That(payments.Executed, Is.EqualTo(again ? 2 : 1));
        Assert.That(payments.Attempts, Is.EqualTo(again ? new[] { "1", "2" } : ["1"]));
        Assert.That(payments.Addresses.Distinct().Count(), Is.EqualTo(payments.Executed), "another instance each time");
    }

    [TestCase(RetryCondition.Reset, true)]
    [TestCase(RetryCondition.GatewayError, true)]
    [TestCase(RetryCondition.ServerError, true)]
    [TestCase(RetryCondition.ConnectFailure, false)]
    [TestCase(RetryCondition.NotForwarded, false)]
    public async Task A_lost_request_is_retried_if_the_policy_names_it(RetryCondition condition, bool again)
    {
        using var payments = new Failing(1, connection =>
        {
            connection.Reset();
            return Task.CompletedTask;
        });
        await using var mesh = await payments.Mesh(Retrying(condition));
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask(Get);

        Assert.That(answer.Status, Is.EqualTo(again ? 200 : 502));
        Assert.That(again || answer["Proxy-Status"]!.Contains("no retry: not_named", StringComparison.Ordinal), Is.True);
    }

    [TestCase(RetryCondition.NotForwarded, true)]
    [TestCase(RetryCondition.ServerError, true)]
    [TestCase(RetryCondition.ConnectFailure, false)]
    public async Task A_not_forwarded_request_is_retried_if_the_policy_names_it(RetryCondition condition, bool again)
    {
        using var payments = new Failing(
            1,
            connection =>
                connection.Send(
                    "HTTP/1.1 503 X\r\nProxy-Status: gatewaymesh; error=connection_limit_reached; forwarded=?0\r\nRetry-After: "
                        + "60\r\nContent-Length: 0\r\n\r\n"));
        await using var mesh = await payments.Mesh(Retrying(condition));
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Post)).Status, Is.EqualTo(again ? 200 : 503), "whatever its method and that proxy's Retry-After");
    }

    [TestCase(RetryCondition.ConnectFailure, 8)]
    [TestCase(RetryCondition.Reset, 0)]
    public async Task A_refused_connection_is_retried_if_the_policy_names_it(RetryCondition condition, int served)
    {
        using var alive = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        mesh.Service(
            "payments",
            PolicyModel.Default with { Retries = Retrying(condition), Ejection = new() { ConsecutiveFailures = 1000 } },
            Backend.ClosedPort(),
            served == 0 ? Backend.ClosedPort() : alive.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        for (var i = 0; i < 8; i++)
        {
            Assert.That((await client.Ask(Post)).Status, Is.EqualTo(served == 0 ? 502 : 200));
        }

        Assert.That(alive.Executed, Is.EqualTo(served));
    }

    [TestCase(RetryCondition.RefusedStream, true)]
    [TestCase(RetryCondition.ConnectFailure, false)]
    public async Task A_refused_stream_is_retried_if_the_policy_names_it(RetryCondition condition, bool again)
    {
        var refused = 0;
        Task Answer(H2Message request, H2Connection connection)
        {
            // The HTTP client itself resends a refused stream once before it reports the refusal.
            return Interlocked.Increment(ref refused) < 100 ? connection.Reset(request.Stream, 0x7) : Task.CompletedTask;
        }

        using var one = new H2Backend(Answer);
        using var two = H2Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        mesh.Service(
            "payments",
            "http2",
            PolicyModel.Default with { Retries = Retrying(condition), Ejection = new() { ConsecutiveFailures = 1000 } },
            one.HostPort,
            two.HostPort);
        using var client = await H2Connection.To(mesh.Outbound());

        var answers = new List<int>();
        for (var i = 0; i < 12; i++)
        {
            answers.Add(
                (await client.Ask(Fields.Of((":method", "GET"), (":scheme", "http"), (":authority", "payments"), (":path", "/")))).Status);
        }

        Assert.That(refused, Is.GreaterThan(0), "the seed sends some of twelve to the first");
        Assert.That(answers.Distinct(), again ? Is.EqualTo(new[] { 200 }) : Is.EquivalentTo(new[] { 200, 502 }));
    }

    [TestCase(RetryCondition.Cancelled, 1)]
    [TestCase(RetryCondition.DeadlineExceeded, 4)]
    [TestCase(RetryCondition.ResourceExhausted, 8)]
    [TestCase(RetryCondition.Internal, 13)]
    [TestCase(RetryCondition.Unavailable, 14)]
    public async Task A_gRPC_status_in_the_head_is_retried_by_its_condition(RetryCondition condition, int status)
    {
        foreach (var (answered, again) in new[] { (status, true), (5, false) })
        {
            var calls = 0;
            Task Answer(H2Message request, H2Connection connection) => connection.Headers(
                request.Stream,
                Fields.Of(
                    (":status", "200"),
                    ("content-type", "application/grpc"),
                    ("grpc-status", Interlocked.Increment(ref calls) == 1 ? $"{answered}" : "0")),
                end: true);
            using var one = new H2Backend(Answer);
            using var two = new H2Backend(Answer);
            await using var mesh = await Mesh.Start();
            mesh.Service(
                "payments",
                "grpc",
                PolicyModel.Default with { Retries = Retrying(condition) with { Methods = ["POST"] } },
                one.HostPort,
                two.HostPort);
            using var client = await H2Connection.To(mesh.Outbound());

            var answer = await client.Ask(
                Fields.Of(
                    (":method", "POST"),
                    (":scheme", "http"),
                    (":authority", "payments"),
                    (":path", "/shop.Payments/Charge"),
                    ("content-type", "application/grpc"),
                    ("te", "trailers")),
                "\0\0\0\0\u0001?");

            Assert.That((answer["grpc-status"], calls), Is.EqualTo(again ? ("0", 2) : ("5", 1)));
            Assert.That(one.Requests.Concat(two.Requests).Select(request => request.Body), Is.All.EqualTo("\0\0\0\0\u0001?"));
        }
    }

    [TestCase(false, "", 503)]
    [TestCase(true, "", 200)]
    [TestCase(false, "POST", 200)]
    [TestCase(false, "PATCH", 503)]
    public async Task A_non_idempotent_method_is_resent_if_the_policy_allows(bool all, string method, int status)
    {
        using var payments = Failing.With503();
        await using var mesh = await payments.Mesh(
            Retrying(RetryCondition.ServerError) with { AllMethods = all, Methods = method.Length == 0 ? [] : [method] });
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Post)).Status, Is.EqualTo(status));
        Assert.That(payments.Executed, Is.EqualTo(status == 200 ? 2 : 1));
    }

    [TestCase(Post, 3, "abc")]
    [TestCase(Post, 2, null)]
    [TestCase(Post, 0, null)]
    [TestCase(Chunked, 5, "abcde")]
    [TestCase(Chunked, 4, null)]
    public async Task A_body_is_resent_if_it_fits_the_buffer(string request, int bufferSize, string? again)
    {
        using var payments = Failing.With503();
        await using var mesh = await payments.Mesh(
            Retrying(RetryCondition.ServerError) with { AllMethods = true, BufferSize = bufferSize });
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask(request);

        Assert.That(answer.Status, Is.EqualTo(again is null ? 503 : 200));
        Assert.That(payments.Bodies, Is.EqualTo(again is null ? new[] { request == Post ? "abc" : "abcde" } : [again, again]));
        Assert.That((await client.Ask(Get)).Status, Is.EqualTo(200), "the connection is intact");
    }

    [Test]
    public async Task A_body_still_arriving_is_streamed_and_resent_from_its_first_byte()
    {
        using var payments = new Backend();
        using var second = new Backend();
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", payments.HostPort, second.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send("PUT / HTTP/1.1\r\nHost: payments\r\nContent-Length: 6\r\n\r\nabc");
        var connections = new[] { payments.NextConnection(), second.NextConnection() };
        using var first = await await Task.WhenAny(connections);
        await first.ReadHead();
        Assert.That(await first.ReadBytes(3), Is.EqualTo("abc"u8.ToArray()), "the body does not wait for the rest");
        first.Reset();
        await client.Send("def"); // the HTTP client notices the loss when it writes
        using var other = (await Task.WhenAll(connections)).Single(connection => connection != first);
        await other.ReadHead();
        Assert.That(await other.ReadBytes(6), Is.EqualTo("abcdef"u8.ToArray()));
        await other.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");

        Assert.That((await client.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"));
    }

    [Test]
    public async Task An_attempt_timeout_is_followed_by_an_attempt_at_another_instance()
    {
        using var payments = new Failing(1, _ => Task.CompletedTask);
        await using var mesh = await payments.Mesh(RetriesModel.Default, new TimeoutsModel { Attempt = TimeSpan.FromMilliseconds(150) });
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Get)).Body, Is.EqualTo("paid"));
        Assert.That(payments.Attempts, Is.EqualTo(new[] { "1", "2" }));
    }

    [Test]
    public async Task A_timeout_of_the_last_attempt_is_504_and_no_attempt_outlasts_the_request()
    {
        using var silent = new Failing(100, _ => Task.CompletedTask);
        await using var mesh = await silent.Mesh(
            RetriesModel.Default with { MaxAttempts = 2 }, new TimeoutsModel { Attempt = TimeSpan.FromMilliseconds(100) });
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask(Post);

        Assert.That(answer.Status, Is.EqualTo(504));
        Assert.That(
            answer["Proxy-Status"],
            Does.StartWith("gatewaymesh; error=http_response_timeout; forwarded=?1").And.Contain("no retry: not_idempotent"));
        Assert.That(silent.Executed, Is.EqualTo(1));
    }

    [TestCase("0", 200)]
    [TestCase("1", 200)]
    [TestCase("2", 503)]
    [TestCase("Fri, 31 Dec 2100 23:59:59 GMT", 503)]
    [TestCase("Sat, 01 Jan 2000 00:00:00 GMT", 200)]
    [TestCase("soon", 200)]
    public async Task A_Retry_After_wait_is_granted_up_to_a_limit(string retryAfter, int status)
    {
        using var payments = new Failing(
            1, connection => connection.Send($"HTTP/1.1 503 X\r\nRetry-After: {retryAfter}\r\nContent-Length: 0\r\n\r\n"));
        await using var mesh = await payments.Mesh(Retrying(RetryCondition.ServerError) with { RetryAfterMax = TimeSpan.FromSeconds(1) });
        using var client = await RawConnection.To(mesh.Outbound());
        var begun = TimeProvider.System.GetTimestamp();

        var answer = await client.Ask(Get);

        Assert.That(answer.Status, Is.EqualTo(status));
        Assert.That(status == 200 || answer["Retry-After"] == retryAfter, Is.True, "the client receives the application's own value");
        Assert.That(
            TimeProvider.System.GetElapsedTime(begun),
            Is.GreaterThanOrEqualTo(retryAfter == "1" ? TimeSpan.FromSeconds(0.98) : TimeSpan.Zero));
    }

    [TestCase(false, 503)]
    [TestCase(true, 200)]
    public async Task The_only_instance_is_retried_if_the_policy_allows(bool same, int status)
    {
        using var payments = Failing.With503(instances: 1);
        await using var mesh = await payments.Mesh(Retrying(RetryCondition.ServerError) with { SameInstance = same });
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Get)).Status, Is.EqualTo(status));
    }

    [Test]
    public async Task A_spent_service_budget_ends_only_that_services_retries()
    {
        using var payments = Failing.With503(fail: 1000);
        using var refunds = Failing.With503(fail: 1);
        await using var mesh = await payments.Mesh(
            Retrying(RetryCondition.ServerError) with { Budget = new() { Ratio = 0, MinPerSecond = 0 } });
        mesh.Service("refunds", PolicyModel.Default with { Retries = Retrying(RetryCondition.ServerError) }, refunds.HostPorts);
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Get)).Status, Is.EqualTo(503));
        Assert.That(payments.Executed, Is.EqualTo(1));
        Assert.That((await client.Ask(Get.Replace("payments", "refunds", StringComparison.Ordinal))).Status, Is.EqualTo(200));
        Assert.That(
            mesh.Metrics(),
            Does.Contain(
                "gatewaymesh_retries_total{outcome=\"budget_spent\"} 1").And.Contain("gatewaymesh_retries_total{outcome=\"allowed\"} 1"));
    }

    [Test]
    public async Task An_idle_stream_is_aborted()
    {
        using var payments = new Backend((_, connection) => connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc"));
        await using var mesh = await Mesh.Start();
        mesh.Service(
            "payments", PolicyModel.Default with { Timeouts = new() { Idle = TimeSpan.FromMilliseconds(200) } }, payments.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send(Get);
        await client.ReadHead();
        await client.ReadBytes(3);

        Assert.That(await client.IsEnded());
    }

    [Test]
    public async Task The_log_has_the_reason_that_no_attempt_followed()
    {
        using var log = new MemoryStream();
        using var payments = Failing.With503(fail: 1000);
        var mesh = await payments.Mesh(
            Retrying(RetryCondition.ServerError) with { MaxAttempts = 1 }, with: options => options with { AccessLog = log });
        using (var client = await RawConnection.To(mesh.Outbound()))
        {
            await client.Ask(Get);
        }

        await mesh.DisposeAsync();

        Assert.That(System.Text.Encoding.UTF8.GetString(log.ToArray()), Does.Contain("\"retry\":\"attempts_used_up\""));
    }

    private static RetriesModel Retrying(RetryCondition condition) => RetriesModel.Default with { On = [condition] };

    /// <summary>A service whose instances together fail the first requests, then respond.</summary>
    private sealed class Failing : IDisposable
    {
        private readonly List<Backend> _instances = [];
        private int _seen;

        public Failing(int fail, Func<RawConnection, Task> failure, int instances = 2)
        {
            for (var i = 0; i < instances; i++)
            {
                _instances.Add(
                    new Backend(
                        (_, connection) =>
                            Interlocked.Increment(ref _seen) <= fail
                                ? failure(connection)
                                : connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid")));
            }
        }

        public int Executed => _instances.Sum(instance => instance.Executed);

        public Configuration.Values.HostPort[] HostPorts => [.. _instances.Select(instance => instance.HostPort)];

        public IEnumerable<string?> Attempts =>
            _instances.SelectMany(instance => instance.Requests)
                .Select(request => request["gatewaymesh-attempt"])
                .Order(StringComparer.Ordinal);

        public IEnumerable<string> Bodies => _instances.SelectMany(instance => instance.Requests).Select(request => request.Body);

        public IEnumerable<int> Addresses => _instances.SelectMany(instance => instance.Requests.Select(_ => instance.Address.Port));

        public static Failing With503(int fail = 1, int instances = 2) =>
            new(fail, connection => connection.Send("HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"), instances);

        public async Task<Mesh> Mesh(
            RetriesModel retries, TimeoutsModel? timeouts = null, Func<DataPlaneOptions, DataPlaneOptions>? with = null)
        {
            var mesh = await Rig.Mesh.Start(with);
            return mesh.Service(
                "payments", PolicyModel.Default with { Retries = retries, Timeouts = timeouts ?? TimeoutsModel.Default }, HostPorts);
        }

        public void Dispose() => _instances.ForEach(instance => instance.Dispose());
    }
}
