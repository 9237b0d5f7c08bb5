using System.Collections.Concurrent;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Flags;
using GatewayMesh.Configuration.Entries.Routers;
using GatewayMesh.Configuration.Entries.Splitters;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Faults;
using GatewayMesh.Configuration.Policies.Flags;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Configuration.Policies.Timeouts;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.FeatureFlags;
using GatewayMesh.Proxy.Routing.Reports;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.FeatureFlags;

/// <summary>Requests of applications on the wire: <c>web</c> calls <c>payments</c>.</summary>
public sealed class FlagTests
{
    private static readonly FlagUse ToV2 = new() { Flag = "next", Subset = "v2" };

    [Test]
    public async Task A_flag_chooses_the_subset_of_its_users()
    {
        await using var mesh = (await FlagMesh.Start()).With(ToV2, Flags.For("next", "alice"));
        using var client = await RawConnection.To(mesh.Mesh.Outbound());

        Assert.That(await Ask(client, "x-user: alice\r\n"), Is.EqualTo("v2"));
        Assert.That(await Ask(client, "x-user: bob\r\n"), Is.EqualTo("v1"));
        Assert.That(await Ask(client), Is.EqualTo("v1"));
        Assert.That(await Ask(client, "x-user: bob\r\nx-user: alice\r\n"), Is.EqualTo("v1"), "two names are none");
        Assert.That(
            mesh.Mesh.Metrics(),
            Does.Contain("gatewaymesh_flag_decisions_total{flag=\"next\",decision=\"on\",reason=\"filters\"} 1")
                .And.Contain("gatewaymesh_flag_decisions_total{flag=\"next\",decision=\"off\",reason=\"filters\"} 3"));
    }

    [Test]
    public async Task A_flag_chooses_the_subset_of_its_groups_and_of_HTTP_2_requests()
    {
        var flag = Flags.On("next", new FlagFilter
        {
            Kind = FlagFilterKind.Targeting,
            Audience = new FlagAudience { Groups = [new FlagGroup("beta", 100)] },
        }) with { Groups = new FlagSubjectKey(false, "x-team") };
        await using var mesh = (await FlagMesh.Start()).With(ToV2, flag);
        var outbound = mesh.Mesh.Outbound();
        using var client = await RawConnection.To(outbound);
        using var second = await H2Connection.To(outbound);

        Assert.That(await Ask(client, "x-team: staff, beta\r\n"), Is.EqualTo("v2"));
        Assert.That(await Ask(client, "x-team: staff\r\nx-team: beta\r\n"), Is.EqualTo("v2"));
        Assert.That(await Ask(client, "x-groups: beta\r\n"), Is.EqualTo("v1"), "the flag names another field");
        await second.Request(
            Fields.Of((":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "payments"), ("x-team", "beta")));
        Assert.That((await second.ReadMessage()).Body, Is.EqualTo("v2"));
    }

    [Test]
    public async Task A_change_of_the_flag_is_in_force_for_the_next_request()
    {
        await using var mesh = (await FlagMesh.Start()).With(ToV2, Flags.On("next") with { Enabled = false });
        using var client = await RawConnection.To(mesh.Mesh.Outbound());

        Assert.That(await Ask(client), Is.EqualTo("v1"));
        mesh.With(ToV2, Flags.On("next"));
        Assert.That(await Ask(client), Is.EqualTo("v2"));
        mesh.With(ToV2, Flags.On("next") with { Enabled = false });
        Assert.That(await Ask(client), Is.EqualTo("v1"));
    }

    [Test]
    public async Task A_time_window_begins_without_a_change_of_the_configuration()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2030, 5, 6, 7, 59, 0, TimeSpan.Zero));
        var window = new FlagTimeWindow { Start = time.GetUtcNow().AddMinutes(1), End = time.GetUtcNow().AddMinutes(2) };
        await using var mesh = (await FlagMesh.Start(options => options with { Time = time })).With(
            ToV2, Flags.On("next", new FlagFilter { Kind = FlagFilterKind.TimeWindow, Window = window }));
        using var client = await RawConnection.To(mesh.Mesh.Outbound());

        Assert.That(await Ask(client), Is.EqualTo("v1"));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(await Ask(client), Is.EqualTo("v2"));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(await Ask(client), Is.EqualTo("v1"));
    }

    [Test]
    public async Task A_flag_chooses_the_subset_behind_a_splitter_and_keeps_what_the_rule_of_a_router_does()
    {
        await using var mesh = await FlagMesh.Start();
        mesh.Further =
        [
            new ServiceSplitterEntry
            {
                Name = "payments",
                Splits = [new SplitEntry(10_000) { ServiceSubset = "v1" }],
            },
            new ServiceRouterEntry
            {
                Name = "payments",
                Routes =
                [
                    new RouteEntry(
                        new RouteMatch { Path = new PathRule(PathTest.Prefix, "/api") }, new RouteDestination { PrefixRewrite = "/inner" }),
                ],
            },
        ];
        mesh.With(ToV2, Flags.For("next", "alice"));
        using var client = await RawConnection.To(mesh.Mesh.Outbound());

        Assert.That(await Ask(client, "x-user: bob\r\n", "/api/x"), Is.EqualTo("v1"));
        Assert.That(await Ask(client, "x-user: alice\r\n", "/api/x"), Is.EqualTo("v2"));
        Assert.That(mesh.V2.Last.StartLine, Is.EqualTo("GET /inner/x HTTP/1.1"));
        Assert.That(await Ask(client, "x-user: alice\r\n", "/else"), Is.EqualTo("v2"));
    }

    [Test]
    public async Task A_subset_without_instances_is_503_as_on_any_route()
    {
        await using var mesh = (await FlagMesh.Start()).With(ToV2 with { Subset = "none" }, Flags.For("next", "alice"));
        using var client = await RawConnection.To(mesh.Mesh.Outbound());

        var answer = await client.Ask(Call("x-user: alice\r\n"));
        Assert.That((answer.Status, answer.Body), Is.EqualTo((503, answer.Body)));
        Assert.That(answer.Body, Does.Contain("no_endpoint"));
        Assert.That(await Ask(client), Is.EqualTo("v1"));
    }

    [Test]
    public async Task A_flag_passes_over_a_failover_target_that_the_registry_does_not_watch()
    {
        using var far = Backend.Answering("far");
        await using var mesh = await Mesh.Start();
        Flagged(mesh, Unwatched("dc2"), Unwatched("dc3") with { IsDormant = false, Endpoints = [Instance("dc3", far)] });
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That(await Ask(client), Is.EqualTo("far"));
    }

    [Test]
    public async Task A_request_waits_for_the_failover_target_that_a_flag_would_choose()
    {
        var wanted = new ConcurrentQueue<string>();
        using var far = Backend.Answering("far");
        await using var mesh = await Mesh.Start(options => options with { Want = wanted.Enqueue, Time = new FakeTimeProvider() });
        Flagged(mesh, Unwatched("dc2"));
        using var client = await RawConnection.To(mesh.Outbound());

        var body = Ask(client);
        Assert.That(() => wanted, Is.Not.Empty.After(5000, 1));
        Flagged(mesh, Unwatched("dc2") with { IsDormant = false, Endpoints = [Instance("dc2", far)] });

        Assert.That(await body, Is.EqualTo("far"));
        Assert.That(wanted, Is.EqualTo(new[] { "payments" }));
    }

    [Test]
    public async Task A_flag_chooses_other_retries()
    {
        using var failing = Backend.Bytes("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
        await using var mesh = await Mesh.Start();
        var policy = PolicyModel.Default with
        {
            Flags =
            [
                new FlagUse
                {
                    Flag = "patient",
                    Retries = new RetriesEntry
                    {
                        On = [RetryCondition.GatewayError],
                        SameInstance = true,
                        Backoff = new BackoffEntry { Base = TimeSpan.FromMilliseconds(1), Max = TimeSpan.FromMilliseconds(1) },
                    },
                },
            ],
        };
        mesh.BareService("payments", "http", policy, failing.HostPort).Flags(Flags.For("patient", "alice"));
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Ask(Call("x-user: bob\r\n"));
        Assert.That(failing.Executed, Is.EqualTo(1));
        await client.Ask(Call("x-user: alice\r\n"));
        Assert.That(failing.Executed, Is.EqualTo(1 + 3));
    }

    [Test]
    public async Task A_fault_hits_only_while_its_flag_is_on()
    {
        await using var mesh = await FlagMesh.Start(options => options with { AllowFaults = true });
        var use = new FlagUse { Flag = "drill", Faults = [new FaultRule { Name = "boom", Abort = FaultAbort.OfStatus(418) }] };
        mesh.With(use, Flags.For("drill", "alice"));
        using var client = await RawConnection.To(mesh.Mesh.Outbound());

        Assert.That((await client.Ask(Call("x-user: bob\r\n"))).Status, Is.EqualTo(200));
        var hit = await client.Ask(Call("x-user: alice\r\n"));
        Assert.That((hit.Status, hit["gatewaymesh-fault"]), Is.EqualTo((418, "boom")));
        mesh.With(use, Flags.For("drill", "alice") with { Enabled = false });
        Assert.That((await client.Ask(Call("x-user: alice\r\n"))).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task The_first_item_whose_flag_is_on_applies_alone()
    {
        await using var mesh = (await FlagMesh.Start(options => options with { AllowFaults = true })).With(
            [
                new FlagUse { Flag = "off", Subset = "none" },
                ToV2,
                new FlagUse { Flag = "drill", Faults = [new FaultRule { Abort = FaultAbort.OfStatus(500) }] },
            ],
            Flags.On("next"),
            Flags.On("drill"),
            Flags.On("off") with { Enabled = false });
        using var client = await RawConnection.To(mesh.Mesh.Outbound());

        Assert.That(await Ask(client), Is.EqualTo("v2"));
        Assert.That(mesh.Mesh.Metrics(), Does.Not.Contain("flag=\"drill\""));
    }

    [Test]
    public async Task All_attempts_of_a_request_without_a_user_take_the_same_subset()
    {
        await using var mesh = await FlagMesh.Start();
        using var one = Backend.Bytes("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
        using var two = Backend.Bytes("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
        var policy = new ServicePolicyEntry
        {
            Name = "orders",
            Retries = new RetriesEntry
            {
                On = [RetryCondition.GatewayError],
                SameInstance = true,
                Backoff = new BackoffEntry { Base = TimeSpan.FromMilliseconds(1), Max = TimeSpan.FromMilliseconds(1) },
            },
            Flags = [new FlagUse { Flag = "half", Subset = "two" }],
        };
        mesh.Further = [policy, .. FlagMesh.Service("orders", ("one", one.HostPort), ("two", two.HostPort))];
        mesh.With(ToV2, Flags.Share("half", 50), Flags.On("next"));
        using var client = await RawConnection.To(mesh.Mesh.Outbound());

        for (var i = 0; i < 40; i++)
        {
            await client.Ask("GET / HTTP/1.1\r\nHost: orders\r\n\r\n");
        }

        string[] Ids(Backend backend) => [.. backend.Requests.Select(request => request["X-Request-Id"]!)];
        Assert.That(Ids(one).Intersect(Ids(two)), Is.Empty);
        Assert.That(Ids(one).Distinct().Count(), Is.InRange(5, 35));
        Assert.That(Ids(one).Concat(Ids(two)).Distinct().Count(), Is.EqualTo(40));
        Assert.That(one.Executed + two.Executed, Is.GreaterThan(40), "there were further attempts");
    }

    [Test]
    public async Task The_log_names_the_flag()
    {
        using var log = new MemoryStream();
        await using (var mesh = (await FlagMesh.Start(options => options with { AccessLog = log })).With(ToV2, Flags.For("next", "alice")))
        {
            using var client = await RawConnection.To(mesh.Mesh.Outbound());
            await Ask(client, "x-user: alice\r\n");
            await Ask(client, "x-user: bob\r\n");
        }

        var lines = System.Text.Encoding.UTF8.GetString(log.ToArray()).Split('\n');
        Assert.That(lines[0], Does.Contain("\"flag\":\"next\""));
        Assert.That(lines[1], Does.Not.Contain("\"flag\""));
    }

    [Test]
    public async Task Explain_shows_the_decision_and_the_route_that_follows()
    {
        await using var mesh = (await FlagMesh.Start()).With(
            [new FlagUse { Flag = "old", Subset = "none" }, ToV2 with { Timeouts = new TimeoutsEntry { Request = TimeSpan.FromSeconds(3) } }],
            Flags.For("next", "alice"),
            Flags.On("old") with { Enabled = false });
        var inspection = mesh.Mesh.Plane.Inspection;

        var on = inspection.Explain("payments", Described("alice"));
        Assert.That(
            on.Flags.Select(flag => (flag.Use.Flag, flag.IsOn, flag.Reason, flag.User)),
            Is.EqualTo(new[] { ("old", false, FlagReason.Disabled, null), ("next", true, FlagReason.Filters, "alice") }));
        Assert.That((on.Target!.Id, on.Policy.Timeouts.Request), Is.EqualTo(("v2.payments.default.default", TimeSpan.FromSeconds(3))));

        var off = inspection.Explain("payments", Described("bob"));
        Assert.That(off.Flags.Select(flag => flag.IsOn), Is.EqualTo(new[] { false, false }));
        Assert.That((off.Target!.Id, off.Policy.Timeouts.Request), Is.EqualTo(("v1.payments.default.default", TimeSpan.FromSeconds(15))));
    }

    // The flag's subset has no instance in the local datacenter.
    private static void Flagged(Mesh mesh, params TargetModel[] failover)
    {
        var policy = PolicyModel.Default with { Flags = [ToV2] };
        mesh.FlaggedSubset(
                "payments",
                "v2",
                Routes.Resolver(
                    Routes.Target("v2.payments") with { Policy = policy }, [.. failover.Select(each => each with { Policy = policy })]))
            .Route("payments", Routes.Resolver(Routes.Target("v1.payments", Backend.ClosedPort()) with { Policy = policy }))
            .Flags(Flags.On("next"));
    }

    private static TargetModel Unwatched(string datacenter) =>
        new($"v2.payments.default.{datacenter}", "payments", "v2", datacenter) { IsDormant = true };

    private static EndpointModel Instance(string datacenter, Backend backend) =>
        new("payments", $"payments-{datacenter}", "", backend.HostPort, Healthy: true) { Datacenter = datacenter };

    private static string Call(string fields = "", string path = "/") => $"GET {path} HTTP/1.1\r\nHost: payments\r\n{fields}\r\n";

    private static async Task<string> Ask(RawConnection client, string fields = "", string path = "/") =>
        (await client.Ask(Call(fields, path))).Body;

    private static DescribedRequest Described(string user) =>
        new(RequestDirection.Outbound, "GET", "payments", "/", [KeyValuePair.Create("x-user", user)]);
}
