using System.Globalization;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Idempotency;
using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Configuration.Policies.Timeouts;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Attempts;

/// <summary>Requests that move to a failover target of their resolver once the instances of the first target were tried.</summary>
public sealed class FailoverTests
{
    private const string Get = "GET /x HTTP/1.1\r\nHost: shop\r\n\r\n";
    private const string Post = "POST /x HTTP/1.1\r\nHost: shop\r\nContent-Length: 3\r\n\r\nabc";
    private const string Refusal =
        "HTTP/1.1 503 X\r\nProxy-Status: gatewaymesh; error=connection_limit_reached; forwarded=?0\r\nContent-Length: 0\r\n\r\n";

    private static readonly PolicyModel Answers = PolicyModel.Default with
    {
        Retries = RetriesModel.Default with { On = [RetryCondition.ServerError] },
    };

    [TestCase(Get)]
    [TestCase(Post)]
    public async Task A_request_moves_when_every_instance_of_its_target_was_tried(string request)
    {
        using var one = Backend.Bytes(Refusal);
        using var other = Backend.Bytes(Refusal);
        using var second = Backend.Answering("second");
        using var log = new MemoryStream();
        await using (var mesh = await Mesh.Start(options => options with { AccessLog = log }))
        {
            mesh.Route("shop", Routes.Resolver(
                Routes.Target("payments", one.HostPort, other.HostPort), Routes.Target("v2.ledger", second.HostPort)));
            using var client = await RawConnection.To(mesh.Outbound());

            var answer = await client.Ask(request);

            Assert.That((answer.Status, answer.Body), Is.EqualTo((200, "second")));
            Assert.That((one.Executed, other.Executed, second.Executed), Is.EqualTo((1, 1, 1)));
            Assert.That(second.Last["gatewaymesh-attempt"], Is.EqualTo("3"), "one count over all targets");
            Assert.That(second.Last["Host"], Is.EqualTo("shop"));
            Assert.That(second.Last.Body, Is.EqualTo(request == Post ? "abc" : ""));
            Assert.That(mesh.Metrics(), Does.Contain("destination=\"ledger\"").And.Not.Contain("destination=\"payments\""));
            Assert.That(mesh.Metrics(), Does.Contain(
                "gatewaymesh_target_failovers_total{from=\"payments.default.dc1\",to=\"v2.ledger.default.dc1\",reason=\"overloaded\"} 1"));
        }

        Assert.That(
            System.Text.Encoding.UTF8.GetString(log.ToArray()),
            Does.Contain("\"destination\":\"ledger\",\"asked\":\"shop\"").And.Contain("\"target\":\"v2.ledger.default.dc1\""));
    }

    [Test]
    public async Task A_request_moves_over_HTTP_2()
    {
        using var second = H2Backend.Answering("second");
        await using var mesh = await Mesh.Start();
        mesh.Route("shop", Routes.Resolver(
            Routes.Target("payments", Backend.ClosedPort()) with { Protocol = "http2" },
            Routes.Target("ledger", second.HostPort) with { Protocol = "http2" }));
        using var client = await H2Connection.To(mesh.Outbound());

        var answer = await client.Ask(Fields.Request("POST", "/", "shop"), "abc");

        Assert.That((answer.Status, answer.Body, second.Last.Body), Is.EqualTo((200, "second", "abc")));
    }

    [TestCase(Get, 200, 1)]
    [TestCase(Post, 502, 0)]
    public async Task A_request_that_may_have_run_moves_only_if_it_may_run_twice(string request, int status, int moved)
    {
        using var lost = Backend.BytesAndEnd("");
        using var second = Backend.Answering("second");
        await using var mesh = await Mesh.Start();
        mesh.Route("shop", Routes.Resolver(Routes.Target("payments", lost.HostPort), Routes.Target("ledger", second.HostPort)));
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask(request);

        Assert.That((answer.Status, second.Executed), Is.EqualTo((status, moved)));
        Assert.That(answer["Proxy-Status"], status == 200 ? Is.Null : Does.Contain("forwarded=?1"));
    }

    [Test]
    public async Task A_response_that_the_policy_retries_moves_the_request_and_one_that_it_does_not_is_passed_on()
    {
        using var failing = Backend.Bytes("HTTP/1.1 503 X\r\nRetry-After: 9\r\nContent-Length: 4\r\n\r\nbusy");
        using var second = Backend.Answering("second");
        await using var mesh = await Mesh.Start();
        using var client = await RawConnection.To(mesh.Outbound());

        mesh.Route("shop", Routes.Resolver(
            Routes.Target("payments", failing.HostPort) with { Policy = Answers }, Routes.Target("ledger", second.HostPort)));
        Assert.That((await client.Ask(Get)).Body, Is.EqualTo("second"), "Retry-After is about the first target");
        Assert.That(mesh.Metrics(), Does.Contain("reason=\"response\"} 1"));

        mesh.Route("shop", Routes.Resolver(Routes.Target("payments", failing.HostPort), Routes.Target("ledger", second.HostPort)));
        Assert.That((await client.Ask(Get)).Body, Is.EqualTo("busy"));
    }

    [Test]
    public async Task Targets_without_an_available_instance_are_passed_over()
    {
        using var dead = Backend.Answering("unhealthy");
        using var dormant = Backend.Answering("dormant");
        using var third = Backend.Answering("third");
        await using var mesh = await Mesh.Start();
        mesh.Route("shop", Routes.Resolver(
            Routes.Target("payments", Backend.ClosedPort()),
            Routes.Target("empty"),
            Routes.Target("sick", healthy: false, dead.HostPort),
            Routes.Target("asleep", dormant.HostPort) with { IsDormant = true },
            Routes.Target("ledger", third.HostPort)));
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Post)).Body, Is.EqualTo("third"));
        Assert.That(third.Last["gatewaymesh-attempt"], Is.EqualTo("2"));
        Assert.That((dead.Executed, dormant.Executed), Is.EqualTo((0, 0)));
        Assert.That(mesh.Plane.TakeUsed(), Does.Contain("asleep").And.Contain("ledger"), "the registry watches both from now on");
    }

    [Test]
    public async Task Without_a_target_the_request_ends_as_before()
    {
        await using var mesh = await Mesh.Start();
        mesh.Route("shop", Routes.Resolver(Routes.Target("payments", Backend.ClosedPort()), Routes.Target("empty")));
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask(Post);

        Assert.That(answer.Status, Is.EqualTo(502));
        Assert.That(answer["Proxy-Status"], Does.Contain("error=connection_refused; forwarded=?0"));
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_retries_total{outcome=\"no_other_instance\"} 1"));
    }

    [Test]
    public async Task A_request_moves_from_target_to_target_within_the_attempts_of_the_first()
    {
        using var fourth = Backend.Answering("fourth");
        await using var mesh = await Mesh.Start();
        var more = PolicyModel.Default with { Retries = RetriesModel.Default with { MaxAttempts = 9 } };
        mesh.Route("shop", Routes.Resolver(
            Routes.Target("payments", Backend.ClosedPort()),
            Routes.Target("b", Backend.ClosedPort()) with { Policy = more },
            Routes.Target("c", Backend.ClosedPort()) with { Policy = more },
            Routes.Target("d", fourth.HostPort) with { Policy = more }));
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask(Get);

        Assert.That((answer.Status, fourth.Executed), Is.EqualTo((502, 0)));
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_retries_total{outcome=\"attempts_used_up\"} 1"));
        Assert.That(mesh.Metrics(), Does.Contain("from=\"b.default.dc1\",to=\"c.default.dc1\",reason=\"connection_refused\"} 1"));
    }

    [Test]
    public async Task The_deadline_stays_that_of_the_request_and_the_time_of_an_attempt_is_the_targets()
    {
        using var second = Backend.Answering("second");
        await using var mesh = await Mesh.Start();
        mesh.Route("shop", Routes.Resolver(
            Routes.Target("payments", Backend.ClosedPort()) with
            {
                Policy = PolicyModel.Default with { Timeouts = TimeoutsModel.Default with { Request = TimeSpan.FromSeconds(5) } },
            },
            Routes.Target("ledger", second.HostPort) with
            {
                Policy = PolicyModel.Default with { Timeouts = TimeoutsModel.Default with { Request = TimeSpan.FromMinutes(5) } },
            }));
        using var client = await RawConnection.To(mesh.Outbound());

        foreach (var request in (string[])[Get, Post])
        {
            Assert.That((await client.Ask(request)).Body, Is.EqualTo("second"));
            Assert.That(
                int.Parse(second.Last["gatewaymesh-timeout-ms"]!, CultureInfo.InvariantCulture), Is.InRange(1, 5000), "not five minutes");
        }
    }

    [Test]
    public async Task An_attempt_that_timed_out_leaves_its_target_the_rest_of_the_deadline()
    {
        using var silent = new Backend((_, _) => Task.CompletedTask);
        using var second = Backend.Answering("second");
        var time = new FakeTimeProvider();
        await using var mesh = await Mesh.Start(options => options with { Time = time });
        mesh.Route("shop", Routes.Resolver(
            Routes.Target("payments", silent.HostPort) with
            {
                Policy = PolicyModel.Default with
                {
                    Timeouts = TimeoutsModel.Default with { Request = TimeSpan.FromSeconds(5), Attempt = TimeSpan.FromSeconds(2) },
                },
            },
            Routes.Target("ledger", second.HostPort)));
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send(Get);
        Assert.That(() => silent.Executed, Is.EqualTo(1).After(10_000, 1));
        time.Advance(TimeSpan.FromSeconds(2));
        for (var i = 0; i < 100 && !mesh.Metrics().Contains("to=\"ledger.default.dc1\"", StringComparison.Ordinal); i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(25)); // the longest wait before the next attempt; 100 of them are within the deadline
        }

        Assert.That((await client.ReadMessage(isResponse: true)).Body, Is.EqualTo("second"));
        Assert.That(int.Parse(second.Last["gatewaymesh-timeout-ms"]!, CultureInfo.InvariantCulture), Is.InRange(1, 3000));
    }

    [Test]
    public async Task The_retry_budget_stays_that_of_the_request()
    {
        using var second = Backend.Answering("second");
        await using var mesh = await Mesh.Start();
        var none = PolicyModel.Default with { Retries = RetriesModel.Default with { Budget = new() { Ratio = 0, MinPerSecond = 0 } } };
        mesh.Route("shop", Routes.Resolver(
            Routes.Target("payments", Backend.ClosedPort()) with { Policy = none }, Routes.Target("ledger", second.HostPort)));
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask(Get);

        Assert.That((answer.Status, second.Executed), Is.EqualTo((502, 0)));
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_retries_total{outcome=\"budget_spent\"} 1"));
    }

    [Test]
    public async Task The_limits_of_the_target_apply_and_are_returned()
    {
        using var ledger = new Backend();
        using var third = Backend.Answering("third");
        await using var mesh = await Mesh.Start();
        var narrow = PolicyModel.Default with { Limits = new LimitsModel { MaxConcurrentRequests = 1 } };
        mesh.Service("payments").Service("ledger", narrow, ledger.HostPort);
        mesh.Route("shop", Routes.Resolver(
            Routes.Target("payments", Backend.ClosedPort()),
            Routes.Target("ledger", ledger.HostPort) with { Policy = narrow },
            Routes.Target("third", third.HostPort)));
        var outbound = mesh.Outbound();
        using var one = await RawConnection.To(outbound);
        using var two = await RawConnection.To(outbound);

        await one.Send(Get);
        using var upstream = await ledger.NextConnection();
        await upstream.ReadHead();
        Assert.That((InUse(mesh, "payments"), InUse(mesh, "ledger")), Is.EqualTo((0, 1)), "the request left the first service");
        Assert.That((await two.Ask(Get)).Body, Is.EqualTo("third"), "the second target is full");
        await upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Assert.That((await one.ReadMessage(isResponse: true)).Body, Is.EqualTo("ok"));

        mesh.Settle();
        Assert.That((InUse(mesh, "payments"), InUse(mesh, "ledger")), Is.EqualTo((0, 0)));
        Assert.That(mesh.Metrics(), Does.Contain(
            "gatewaymesh_limit_refusals_total{service=\"ledger\",limit=\"requests\",criticality=\"default\"} 1"));
    }

    [Test]
    public async Task A_target_whose_circuit_breaker_is_open_is_passed_over()
    {
        using var ledger = Backend.Bytes("HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n");
        using var third = Backend.Answering("third");
        await using var mesh = await Mesh.Start();
        var shy = PolicyModel.Default with
        {
            Limits = new LimitsModel { Breaker = new() { Enabled = true, MinimumRequests = 2, OpenFor = TimeSpan.FromMinutes(9) } },
        };
        mesh.Service("ledger", shy, ledger.HostPort);
        mesh.Route("shop", Routes.Resolver(
            Routes.Target("payments", Backend.ClosedPort()),
            Routes.Target("ledger", ledger.HostPort) with { Policy = shy },
            Routes.Target("third", third.HostPort)));
        using var client = await RawConnection.To(mesh.Outbound());
        for (var i = 0; i < 2; i++)
        {
            Assert.That((await client.Ask(Get)).Status, Is.EqualTo(503), "the application's own response");
        }

        mesh.Settle();
        Assert.That((await client.Ask(Get)).Body, Is.EqualTo("third"));
        Assert.That(ledger.Executed, Is.EqualTo(2));
    }

    [TestCase(true, false)]
    [TestCase(false, true)]
    public async Task A_request_with_an_idempotency_key_does_not_move(bool atFirst, bool atSecond)
    {
        using var second = Backend.Answering("second");
        await using var mesh = await Mesh.Start();
        var keyed = PolicyModel.Default with { Idempotency = IdempotencyModel.Default with { Enabled = true } };
        var first = Routes.Target("payments", Backend.ClosedPort());
        mesh.Route("shop", Routes.Resolver(
            first with
            {
                Policy = atFirst ? keyed : PolicyModel.Default,
                Endpoints = [first.Endpoints[0] with { KeepsKeys = true }],
            },
            Routes.Target("ledger", second.HostPort) with { Policy = atSecond ? keyed : PolicyModel.Default }));
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask(Post.Replace("Content", "Idempotency-Key: k\r\nContent", StringComparison.Ordinal));

        Assert.That((answer.Status, second.Executed), Is.EqualTo((502, 0)));
        Assert.That((await client.Ask(Post)).Body, Is.EqualTo("second"), "without a key");
    }

    [Test]
    public async Task An_instance_of_two_targets_is_tried_once()
    {
        using var other = Backend.Answering("other");
        await using var mesh = await Mesh.Start();
        var dead = Backend.ClosedPort();
        var all = Routes.Target("payments", dead, other.HostPort);
        var subset = new TargetModel("v1.payments.default.dc1", "payments", "v1", "dc1") { Endpoints = [all.Endpoints[0]] };
        mesh.Route("shop", Routes.Resolver(subset, all));
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Get)).Body, Is.EqualTo("other"));
        Assert.That(other.Last["gatewaymesh-attempt"], Is.EqualTo("2"));
    }

    private static int InUse(Mesh mesh, string service) =>
        mesh.Plane.Inspection.Limits().Single(view => view.Service == service).Requests;
}
