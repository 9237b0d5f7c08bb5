using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.RateLimiting;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.RateLimiting;
using GatewayMesh.Proxy.Stores;
using GatewayMesh.Proxy.Tests.Rig;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace GatewayMesh.Proxy.Tests.Stores;

/// <summary>Rate limits over the mesh with a real redis-server: shared, with TLS, killed, frozen, and with a wrong password.</summary>
public sealed class RedisStoreTests
{
    private const string Call = "GET / HTTP/1.1\r\nHost: payments\r\nX-Tenant: a\r\n\r\n";

    private static readonly RateLimitModel FourAnHour = new()
    {
        Name = "tenant", By = [new(RateLimitKeySource.Header, "x-tenant")], Rate = "4/h", Burst = 4, Scope = RateLimitScope.Mesh,
    };

    [TestCase(false)]
    [TestCase(true, Description = "TLS with roots of its own")]
    public async Task Nodes_with_one_store_share_a_limit(bool isTls)
    {
        using var redis = new RedisServer(isTls).Start();
        using var payments = Backend.Answering("paid");
        await using var one = await PatientNode(redis.Spec);
        await using var two = await PatientNode(redis.Spec);
        using var first = await RawConnection.To(one.Inbound(payments.HostPort));
        using var second = await RawConnection.To(two.Inbound(payments.HostPort));
        await Until(() => State(one) == StoreState.Up && State(two) == StoreState.Up);

        var statuses = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            statuses.Add((await first.Ask(Call)).Status);
            statuses.Add((await second.Ask(Call)).Status);
        }

        var refused = await first.Ask(Call);

        Assert.That(statuses, Is.EqualTo(new[] { 200, 200, 200, 200, 429, 429 }));
        Assert.That(refused["RateLimit-Policy"], Is.EqualTo("\"tenant\";q=4;w=3600"));
        Assert.That(refused["RateLimit"], Does.Match("^\"tenant\";r=0;t=(900|899)$"));
        Assert.That(one.Metrics(), Does.Contain("gatewaymesh_store_up{store=\"rateLimits\"} 1"));
        Assert.That(one.Metrics(), Does.Contain("gatewaymesh_rate_limited_total{service=\"payments\",limit=\"tenant\",mode=\"enforce\"} 2"));
    }

    [Test]
    public async Task A_request_that_the_store_refuses_takes_nothing_from_any_limit()
    {
        using var redis = new RedisServer().Start();
        using var payments = Backend.Answering("paid");
        await using var node = await PatientNode(
            redis.Spec,
            FourAnHour with { Name = "here", Scope = RateLimitScope.Node, Burst = 3 },
            FourAnHour with { Name = "wide", By = [], Burst = 3 },
            FourAnHour with { Burst = 1 });
        using var client = await RawConnection.To(node.Inbound(payments.HostPort));
        await Until(() => State(node) == StoreState.Up);

        var statuses = new List<int>();
        foreach (var tenant in "aaaaabcd")
        {
            statuses.Add((await client.Ask(Call.Replace("X-Tenant: a", $"X-Tenant: {tenant}", StringComparison.Ordinal))).Status);
        }

        Assert.That(statuses, Is.EqualTo(new[] { 200, 429, 429, 429, 429, 200, 200, 429 }));
    }

    [Test]
    public async Task A_bucket_in_the_store_that_was_emptied_under_a_slow_rate_serves_soon_once_the_rate_is_raised()
    {
        const double Second = 1e6;
        using var redis = new RedisServer().Start();
        await using var connection = await ConnectionMultiplexer.ConnectAsync(RedisTerms.Of(redis.Spec, "test"));
        await Eventually.Until("the server is connected", () => connection.IsConnected);
        Assert.That(await WaitAt(86_400 * Second), Is.Zero, "one token a day");
        Assert.That(await WaitAt(86_400 * Second), Is.GreaterThan(86_000 * Second));

        Assert.That(await WaitAt(Second), Is.InRange(1, Second));
        await Eventually.Until("the bucket has a token", async () => await WaitAt(Second) == 0);

        async Task<long> WaitAt(double interval) => ((long[]?)await connection.GetDatabase().ScriptEvaluateAsync(
            RateScript.Text, [(RedisKey)"bucket"], [interval, interval, 1, 1]))![0];
    }

    [Test]
    public async Task A_store_that_is_killed_is_replaced_by_the_nodes_share_and_used_again_when_it_is_back()
    {
        using var redis = new RedisServer().Start();
        using var payments = Backend.Answering("paid");
        await using var node = await Node(redis.Spec);
        using var client = await RawConnection.To(node.Inbound(payments.HostPort));
        await Until(() => State(node) == StoreState.Up);
        await client.Ask(Call);

        redis.Kill();
        node.Plane.DivideRates(nodes: 2, [], () => 0);
        await Until(() => State(node) == StoreState.Gone);
        var statuses = await Ask(client, 4);
        Assert.That(statuses, Is.EqualTo(new[] { 200, 200, 429, 429 }), "half of the limit: there are two nodes");
        Assert.That(node.Metrics(), Does.Contain("gatewaymesh_store_up{store=\"rateLimits\"} 0"));

        redis.Start();
        await Until(() => State(node) == StoreState.Up);
        Assert.That(await Ask(client, 1), Is.EqualTo(new[] { 200 }));
    }

    [Test]
    public async Task A_bucket_survives_the_failover_of_the_store_to_a_replica()
    {
        using var redis = await RedisPair.Start();
        using var payments = Backend.Answering("paid");
        await using var one = await Node(redis.Spec);
        await using var two = await Node(redis.Spec);
        using var first = await RawConnection.To(one.Inbound(payments.HostPort));
        using var second = await RawConnection.To(two.Inbound(payments.HostPort));
        await Until(() => State(one) == StoreState.Up && State(two) == StoreState.Up);
        Assert.That(await Ask(first, 2), Is.EqualTo(new[] { 200, 200 }));
        Assert.That(await Ask(second, 1), Is.EqualTo(new[] { 200 }));
        await redis.ReplicateAsync();

        redis.Kill();
        await Until(() => State(one) == StoreState.Gone && State(two) == StoreState.Gone);
        await redis.PromoteAsync();
        redis.HandOver();
        await Until(() => State(one) == StoreState.Up && State(two) == StoreState.Up);

        Assert.That(await Ask(second, 2), Is.EqualTo(new[] { 200, 429 }), "the fourth of four");
        Assert.That(await Ask(first, 1), Is.EqualTo(new[] { 429 }));
    }

    [Test]
    public async Task A_store_that_hangs_costs_a_request_20_ms_and_the_next_ones_nothing()
    {
        using var redis = new RedisServer().Start();
        using var payments = Backend.Answering("paid");
        await using var node = await Node(redis.Spec, FourAnHour with { Rate = "1000/s", Burst = 1000 });
        using var client = await RawConnection.To(node.Inbound(payments.HostPort));
        await Until(() => State(node) == StoreState.Up);
        await client.Ask(Call);

        redis.Freeze();
        try
        {
            Assert.That((await client.Ask(Call)).Status, Is.EqualTo(200));
            Assert.That(State(node), Is.EqualTo(StoreState.Slow).Or.EqualTo(StoreState.Gone));
            Assert.That(node.Plane.Inspection.Stores()[0].Reason, Is.Not.Empty);
            Assert.That(await Ask(client, 20), Is.All.EqualTo(200));
        }
        finally
        {
            redis.Thaw();
        }

        await Until(() => State(node) == StoreState.Up);
        Assert.That(await Ask(client, 5), Is.All.EqualTo(200));
    }

    [Test]
    public async Task A_wrong_password_is_named_and_never_shown()
    {
        using var redis = new RedisServer().Start();
        await using var node = await Node(redis.Spec with { Password = "wrong-secret" });
        await Until(() => node.Plane.Inspection.Stores()[0].Reason.Contains("refuses", StringComparison.Ordinal));
        var view = node.Plane.Inspection.Stores()[0];
        Assert.That(view.State, Is.EqualTo(StoreState.Gone));
        Assert.That(view.ToString(), Does.Not.Contain("secret"));
    }

    [Test]
    public async Task A_user_of_the_access_control_list_with_the_documented_permissions_is_enough()
    {
        using var redis = new RedisServer(hasUser: true).Start();
        using var payments = Backend.Answering("paid");
        await using var node = await Node(redis.Spec, FourAnHour with { Burst = 1 });
        await using var wrong = await Node(redis.Spec with { Password = "wrong" });
        using var client = await RawConnection.To(node.Inbound(payments.HostPort));
        await Until(() => State(node) == StoreState.Up);

        Assert.That(await Ask(client, 2), Is.EqualTo(new[] { 200, 429 }));
        Assert.That(State(wrong), Is.EqualTo(StoreState.Gone));
        using var admin = await redis.Connect();
        var log = await admin.GetDatabase().ExecuteAsync("ACL", "LOG");
        var denied = ((RedisResult[])log!).Select(entry => string.Join(' ', ((RedisResult[])entry!).Select(each => each.ToString())));
        Assert.That(denied, Has.None.Contains("reason command context lua"), "no script lacks a permission");
        Assert.That(denied, Has.None.Contains("reason key"));
    }

    [Test]
    public async Task A_server_that_asks_for_a_certificate_gets_the_one_of_the_bootstrap()
    {
        using var redis = new RedisServer(isTls: true, asksForCertificates: true, hasUser: true).Start();
        using var payments = Backend.Answering("paid");
        await using var node = await Node(redis.Spec, FourAnHour with { Burst = 1 });
        await using var without = await Node(redis.Spec with { Certificates = new RegistryTlsSpec(redis.Roots, null, null) });
        using var client = await RawConnection.To(node.Inbound(payments.HostPort));
        await Until(() => State(node) == StoreState.Up);

        Assert.That(await Ask(client, 2), Is.EqualTo(new[] { 200, 429 }));
        await Until(() => without.Plane.Inspection.Stores()[0].Reason == "no connection");
    }

    [Test]
    public async Task The_store_of_a_new_bootstrap_is_used_at_once_and_the_other_one_left()
    {
        using var old = new RedisServer().Start();
        using var next = new RedisServer(isTls: true).Start();
        using var payments = Backend.Answering("paid");
        var logs = new StoreLogs();
        await using var node = await Node(old.Spec with { Password = "rotated" }, logs, FourAnHour with { Burst = 1 });
        using var client = await RawConnection.To(node.Inbound(payments.HostPort));
        await Until(() => node.Plane.Inspection.Stores()[0].Reason.Contains("refuses", StringComparison.Ordinal));

        node.Plane.UseStores(new StoresSpec { RateLimits = old.Spec });
        await Until(() => State(node) == StoreState.Up);
        Assert.That(await Ask(client, 2), Is.EqualTo(new[] { 200, 429 }));

        node.Plane.UseStores(new StoresSpec { RateLimits = next.Spec });
        await Until(() => State(node) == StoreState.Up && node.Plane.Inspection.Stores()[0].Address.StartsWith("rediss", StringComparison.Ordinal));
        Assert.That(await Ask(client, 2), Is.EqualTo(new[] { 200, 429 }), "another server has other buckets");
        using var admin = await old.Connect();
        await Eventually.Until("the old connections are closed", async () =>
            !((string?)await admin.GetDatabase().ExecuteAsync("CLIENT", "LIST"))!.Contains("gatewaymesh-host-a", StringComparison.Ordinal));

        node.Plane.UseStores(new StoresSpec());
        Assert.That(node.Plane.Inspection.Stores(), Is.Empty);
        Assert.That(node.Metrics(), Does.Not.Contain("gatewaymesh_store_up{"));

        // On a busy machine the first connection, or an answer, may take longer than a caller waits: then the own share was used before.
        Assert.That(await Ask(client, 1), Is.AnyOf(new[] { 200 }, new[] { 429 }), "the node's own share");
        Assert.That(logs.Lines.Where(line => !line.EndsWith("no connection.", StringComparison.Ordinal)), Is.EqualTo(new[]
        {
            $"store_lost The store rateLimits at redis://127.0.0.1:{old.Port}/0 is not used: the server refuses the user or password.",
            $"store_back The store rateLimits at redis://127.0.0.1:{old.Port}/0 is used.",
            $"store_back The store rateLimits at rediss://127.0.0.1:{next.Port}/0 is used.",
        }));
    }

    [Test]
    public async Task Events_say_once_that_a_store_is_slow_or_gone_and_that_it_is_back()
    {
        using var redis = new RedisServer().Start();
        using var payments = Backend.Answering("paid");
        var logs = new StoreLogs();
        await using var node = await Node(redis.Spec, logs, FourAnHour with { Rate = "1000/s", Burst = 1000 });
        using var client = await RawConnection.To(node.Inbound(payments.HostPort));
        var store = $"The store rateLimits at redis://127.0.0.1:{redis.Port}/0";
        await Until(() => logs.Lines.Length == 1);

        redis.Freeze();
        await Ask(client, 3);
        await Until(() => logs.Lines.Length >= 2);
        redis.Thaw();
        await Until(() => logs.Lines[^1] == $"store_back {store} is used.");
        redis.Kill();
        await Until(() => logs.Lines[^1] == $"store_lost {store} is not used: no connection.");
        redis.Start();
        await Until(() => logs.Lines[^1] == $"store_back {store} is used.");

        Assert.That(logs.Lines[..2], Is.EqualTo(new[]
        {
            $"store_back {store} is used.",
            $"store_lost {store} is not used: no response within 20 ms.",
        }));
        Assert.That(logs.Lines.Zip(logs.Lines.Skip(1)).Where(pair => pair.First == pair.Second), Is.Empty);
        Assert.That(string.Concat(logs.Lines), Does.Not.Contain("s3cr"));
    }

    [Test]
    public async Task A_store_with_an_unknown_certificate_is_not_used()
    {
        using var redis = new RedisServer(isTls: true).Start();
        await using var node = await Node(redis.Spec with { Certificates = new RegistryTlsSpec(null, null, null) });
        await using var trusting = await Node(redis.Spec);
        await Until(() => State(trusting) == StoreState.Up);
        Assert.That(State(node), Is.EqualTo(StoreState.Gone));
    }

    private static StoreState State(Mesh mesh) => mesh.Plane.Inspection.Stores()[0].State;

    private static async Task<List<int>> Ask(RawConnection client, int count)
    {
        var statuses = new List<int>();
        for (var i = 0; i < count; i++)
        {
            statuses.Add((await client.Ask(Call)).Status);
        }

        return statuses;
    }

    private static Task<Mesh> Node(RedisSpec store, params RateLimitModel[] limits) =>
        Node(store, new TestLogs(), StorePace.RateLimits, limits);

    private static Task<Mesh> Node(RedisSpec store, ILoggerFactory logs, params RateLimitModel[] limits) =>
        Node(store, logs, StorePace.RateLimits, limits);

    // A busy machine may need more than 20 ms for an answer.
    private static Task<Mesh> PatientNode(RedisSpec store, params RateLimitModel[] limits) =>
        Node(store, new TestLogs(), new StorePace(TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(100)), limits);

    private static async Task<Mesh> Node(RedisSpec store, ILoggerFactory logs, StorePace pace, RateLimitModel[] limits)
    {
        var mesh = await Mesh.Start(
            options => options with { Stores = new StoresSpec { RateLimits = store }, Logs = logs, RatePace = pace });
        return mesh.Service("payments", PolicyModel.Default with { RateLimits = limits.Length > 0 ? [.. limits] : [FourAnHour] });
    }

    private static async Task Until(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(RawConnection.Patience);
        while (!holds())
        {
            await Task.Delay(5, patience.Token);
        }
    }
}
