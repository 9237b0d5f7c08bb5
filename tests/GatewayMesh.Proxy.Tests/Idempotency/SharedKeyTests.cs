using System.Globalization;
using GatewayMesh.Configuration.Policies.Idempotency;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Stores;
using GatewayMesh.Proxy.Tests.Rig;
using StackExchange.Redis;

namespace GatewayMesh.Proxy.Tests.Idempotency;

/// <summary>Keys at a real redis-server that two sidecars share: on the wire, with TLS, slow, frozen, killed, full.</summary>
public class SharedKeyTests
{
    [TestCase(false)]
    [TestCase(true, Description = "TLS with roots of its own")]
    public async Task Instances_with_one_store_share_their_keys(bool isTls)
    {
        using var redis = new RedisServer(isTls).Start();
        using var payments = Numbered();
        await using var one = await KeyedMesh.Start(payments, redis.Spec);
        await using var two = await KeyedMesh.Start(payments, redis.Spec);

        var first = await Served(one, KeyedMesh.Post("k1"));
        var second = await Served(two, KeyedMesh.Post("k1"));
        var other = await Served(two, KeyedMesh.Post("k1", body: "20 EUR"));
        var caller = await Served(two, KeyedMesh.Post("k1", source: "shop"));

        Assert.That((first.Status, first.Body, first["Idempotency-Replayed"]), Is.EqualTo((201, "paid 1", default(string))));
        Assert.That((second.Status, second.Body, second["Idempotency-Replayed"]), Is.EqualTo((201, "paid 1", "true")));
        Assert.That((other.Status, caller.Body, payments.Executed), Is.EqualTo((422, "paid 2", 2)));
        Assert.That(one.Mesh.Metrics(), Does.Contain("gatewaymesh_store_up{store=\"idempotency\"} 1"));
        Assert.That(Directory.EnumerateFileSystemEntries(one.Folder), Is.Empty, "nothing on the disk of the node");
    }

    [Test]
    public async Task Concurrent_twins_at_two_instances_wait_for_the_first_response()
    {
        using var redis = new RedisServer().Start();
        using var payments = new Backend();
        await using var one = await KeyedMesh.Start(payments, redis.Spec);
        await using var two = await KeyedMesh.Start(payments, redis.Spec);
        var first = Served(one, KeyedMesh.Post("k1"));
        using var upstream = await payments.NextConnection();
        await upstream.ReadMessage(isResponse: false);

        var twins = Enumerable.Range(0, 6).Select(i => Served(i % 2 == 0 ? one : two, KeyedMesh.Post("k1"))).ToList();
        await upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");

        Assert.That((await first).Body, Is.EqualTo("paid"));
        foreach (var twin in await Task.WhenAll(twins))
        {
            Assert.That((twin.Status, twin.Body, twin["Idempotency-Replayed"]), Is.EqualTo((200, "paid", "true")));
        }

        Assert.That(payments.Connections, Is.EqualTo(1));
    }

    [Test]
    public async Task A_failure_is_an_unknown_outcome_and_a_request_that_was_not_forwarded_leaves_its_key_free_at_all_instances()
    {
        using var redis = new RedisServer().Start();
        var closed = Backend.ClosedPort();
        var executed = 0;
        using var broken = new Backend((_, connection) =>
        {
            executed++;
            connection.Dispose();
            return Task.CompletedTask;
        });
        await using var refusing = await KeyedMesh.Start(closed, store: redis.Spec);
        await using var one = await KeyedMesh.Start(broken, redis.Spec);
        await using var two = await KeyedMesh.Start(broken, redis.Spec);

        Assert.That((await Served(refusing, KeyedMesh.Post("k1"))).Body, Does.Contain("connection_refused"));
        Assert.That((await Served(one, KeyedMesh.Post("k1"))).Status, Is.EqualTo(502));
        Assert.That((await Served(two, KeyedMesh.Post("k1"))).Status, Is.EqualTo(409));
        Assert.That(executed, Is.EqualTo(1));
    }

    [Test]
    public async Task A_slow_store_is_waited_for()
    {
        using var redis = new RedisServer().Start();
        using var payments = Numbered();
        await using var sidecar = await KeyedMesh.Start(payments, redis.Spec);
        await Served(sidecar, KeyedMesh.Post("k1"));
        using var admin = await redis.Connect();
        await admin.GetDatabase().ExecuteAsync("CLIENT", "PAUSE", "150", "ALL");

        Assert.That((await sidecar.Ask(KeyedMesh.Post("k2"))).Status, Is.EqualTo(201));
    }

    [Test]
    public async Task A_frozen_store_refuses_requests_with_a_key_before_they_are_forwarded_and_leaves_no_key_claimed()
    {
        using var redis = new RedisServer().Start();
        using var payments = Numbered();
        await using var sidecar = await KeyedMesh.Start(payments, redis.Spec, StorePace.Keys);
        await Served(sidecar, KeyedMesh.Post("k1"));

        redis.Freeze();
        try
        {
            var refused = await Task.WhenAll(Enumerable.Range(2, 20).Select(i => sidecar.Ask(KeyedMesh.Post(Name(i)))));
            Assert.That(refused.Select(each => each.Status), Is.All.EqualTo(503));
            Assert.That(refused[0]["Proxy-Status"], Is.EqualTo(
                "gatewaymesh; error=destination_unavailable; forwarded=?0; reason=idempotency_unavailable; "
                    + "details=\"the keys cannot be read or written\""));
            Assert.That(refused[0]["Retry-After"], Is.EqualTo("1"));
            Assert.That((await sidecar.Ask("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 0\r\n\r\n")).Status, Is.EqualTo(201));
            Assert.That(payments.Executed, Is.EqualTo(2));
            Assert.That(State(sidecar), Is.Not.EqualTo(StoreState.Up));
        }
        finally
        {
            redis.Thaw();
        }

        await Eventually.Until("the store is back", () => State(sidecar) == StoreState.Up);
        for (var i = 2; i < 22; i++)
        {
            Assert.That((await Served(sidecar, KeyedMesh.Post(Name(i)))).Status, Is.EqualTo(201), Name(i));
        }

        Assert.That((await Served(sidecar, KeyedMesh.Post("k1")))["Idempotency-Replayed"], Is.EqualTo("true"));
    }

    [Test]
    public async Task A_request_that_runs_when_the_store_dies_is_answered_and_its_outcome_recorded_when_the_store_is_back()
    {
        using var redis = new RedisServer().Start();
        using var payments = new Backend();
        await using var one = await KeyedMesh.Start(payments, redis.Spec, StorePace.Keys);
        await using var two = await KeyedMesh.Start(payments, redis.Spec, StorePace.Keys);
        var first = Served(one, KeyedMesh.Post("k1"));
        using var upstream = await payments.NextConnection();
        await upstream.ReadMessage(isResponse: false);

        redis.Kill();
        var twin = one.Ask(KeyedMesh.Post("k1"));
        await upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");

        Assert.That((await first).Body, Is.EqualTo("paid"));
        Assert.That(((await twin).Body, (await twin)["Idempotency-Replayed"]), Is.EqualTo(("paid", "true")));
        Assert.That((await one.Ask(KeyedMesh.Post("k1")))["Idempotency-Replayed"], Is.EqualTo("true"), "it has the response itself");
        await Eventually.Until("the store is lost", () => State(two) != StoreState.Up);
        Assert.That((await two.Ask(KeyedMesh.Post("k1"))).Status, Is.EqualTo(503));
        Assert.That((await one.Ask(KeyedMesh.Post("k2"))).Status, Is.EqualTo(503));

        redis.Start();
        using var admin = await redis.Connect();
        await Eventually.Until("the outcome is recorded", async () =>
            await Records(admin) is [{ } key] && await admin.GetDatabase().HashGetAsync(key, "state") == "answered");
        await Eventually.Until("the store is back", () => State(two) == StoreState.Up);
        var again = await Served(two, KeyedMesh.Post("k1"));
        Assert.That((again.Body, again["Idempotency-Replayed"]), Is.EqualTo(("paid", "true")));
        Assert.That(payments.Connections, Is.EqualTo(1));
    }

    [Test]
    public async Task A_store_without_memory_refuses_requests_with_a_key_and_says_so()
    {
        using var redis = new RedisServer().Start();
        using var payments = Numbered();
        await using var sidecar = await KeyedMesh.Start(payments, redis.Spec);
        await Served(sidecar, KeyedMesh.Post("k1"));
        using var admin = await redis.Connect();
        await admin.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory", "1");

        Assert.That((await sidecar.Ask(KeyedMesh.Post("k2"))).Status, Is.EqualTo(503));
        var store = sidecar.Mesh.Plane.Inspection.Stores().Single();
        Assert.That((store.State, store.Reason), Is.EqualTo((StoreState.Gone, "the server has no memory left")));
        await Task.Delay(2 * StorePace.Keys.ProbeInterval);
        Assert.That(State(sidecar), Is.EqualTo(StoreState.Gone), "the probe writes, too");
        Assert.That(payments.Executed, Is.EqualTo(1));

        await admin.GetDatabase().ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        await Eventually.Until("the store is back", () => State(sidecar) == StoreState.Up);
        Assert.That((await Served(sidecar, KeyedMesh.Post("k2"))).Status, Is.EqualTo(201));
    }

    [Test]
    public async Task Requests_that_arrive_while_a_sidecar_connects_to_its_store_wait()
    {
        using var redis = new RedisServer().Start();
        using var payments = Numbered();
        for (var i = 0; i < 5; i++)
        {
            await using var sidecar = await KeyedMesh.Start(payments, redis.Spec);
            Assert.That((await sidecar.Ask(KeyedMesh.Post(Name(i)))).Status, Is.EqualTo(201));
        }
    }

    // On a busy machine a response of the server may be late; a refused request may be sent again.
    private static async Task<RawMessage> Served(KeyedMesh sidecar, string request)
    {
        RawMessage? answer = null;
        await Eventually.Until("the store is in time", async () =>
            !(answer = await sidecar.Ask(request)).Body.Contains("idempotency_unavailable", StringComparison.Ordinal));
        return answer!;
    }

    private static StoreState State(KeyedMesh sidecar) => sidecar.Mesh.Plane.Inspection.Stores().Single().State;

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"k{number}");

    private static Task<List<RedisKey>> Records(IConnectionMultiplexer admin) => Task.FromResult(
        admin.GetServers().Single().Keys(pattern: "gatewaymesh:keys:*").Where(key => key.ToString().Length > 80).ToList());

    private static Backend Numbered()
    {
        var number = 0;
        return new((_, connection) =>
        {
            var body = string.Create(CultureInfo.InvariantCulture, $"paid {Interlocked.Increment(ref number)}");
            return connection.Send($"HTTP/1.1 201 Created\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        });
    }
}
