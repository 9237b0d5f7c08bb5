using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Stores;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Idempotency;

/// <summary>Keys at a server whose primary is killed and whose replica takes over the address.</summary>
public class StoreFailoverTests
{
    [Test]
    public async Task What_was_replicated_survives_the_primary_and_nothing_runs_twice([Values] bool isPromotedFirst)
    {
        using var redis = await RedisPair.Start();
        using var payments = new Application();
        await using var one = await KeyedMesh.Start(payments.Backend, redis.Spec, StorePace.Keys);
        await using var two = await KeyedMesh.Start(payments.Backend, redis.Spec, StorePace.Keys);
        for (var i = 0; i < 20; i++)
        {
            await Served(i % 2 == 0 ? one : two, $"answered-{i}");
        }

        payments.Hold();
        var running = Enumerable.Range(0, 10).Select(i => one.Ask(KeyedMesh.Post($"running-{i}"))).ToList();
        await Eventually.Until("they run", () => payments.Running == 10);
        await redis.ReplicateAsync();

        redis.Kill();
        if (isPromotedFirst)
        {
            await redis.PromoteAsync();
            redis.HandOver();
        }
        else
        {
            redis.HandOver();
            await Eventually.Until("the stores are lost", () => State(one) != StoreState.Up && State(two) != StoreState.Up);
            Assert.That((await two.Ask(KeyedMesh.Post("running-0"))).Status, Is.EqualTo(503), "a replica is not used");
            await redis.PromoteAsync();
        }

        var since = Stopwatch.StartNew(); // a bound far above the second that it takes, and below the minute of the client's default
        await Eventually.Until("the stores are back", () => State(one) == StoreState.Up && State(two) == StoreState.Up);
        Assert.That(since.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)));
        var twins = Enumerable.Range(0, 10).Select(i => Served(two, $"running-{i}")).ToList();
        payments.Release();

        Assert.That(
            (await Task.WhenAll(running)).Select(answer => (answer.Status, answer["Idempotency-Replayed"])),
            Is.All.EqualTo((201, default(string))));
        Assert.That(
            (await Task.WhenAll(twins)).Select(answer => (answer.Status, answer["Idempotency-Replayed"])), Is.All.EqualTo((201, "true")));
        for (var i = 0; i < 20; i++)
        {
            var again = await Served(i % 2 == 0 ? two : one, $"answered-{i}");
            Assert.That((again.Status, again["Idempotency-Replayed"]), Is.EqualTo((201, "true")));
        }

        await Served(one, "new");
        Assert.That((payments.Twice, payments.Executed), Is.EqualTo((Array.Empty<string>(), 31)));
    }

    [Test]
    public async Task A_replica_that_lagged_behind_learns_of_running_requests_and_has_lost_kept_responses()
    {
        using var redis = await RedisPair.Start();
        using var payments = new Application();
        await using var one = await KeyedMesh.Start(payments.Backend, redis.Spec, StorePace.Keys);
        await using var two = await KeyedMesh.Start(payments.Backend, redis.Spec, StorePace.Keys);
        await Served(one, "replicated");
        await Served(two, "warm");
        await redis.ReplicateAsync();
        await redis.CutAsync();
        await Served(one, "lost");
        payments.Hold();
        var running = one.Ask(KeyedMesh.Post("running"));
        await Eventually.Until("it runs", () => payments.Running == 1);

        redis.Kill();
        redis.HandOver();
        await using var admin = await redis.ConnectToReplica();
        await Eventually.Until(
            "the new primary learns of the running request",
            () => admin.GetServers().Single().Keys(pattern: "gatewaymesh:keys:*").Any(key =>
                key.ToString().Length > 80 && admin.GetDatabase().HashGet(key, "state") == "running"));
        await Eventually.Until("the stores are back", () => State(one) == StoreState.Up && State(two) == StoreState.Up);
        var twin = Served(two, "running");
        payments.Release();

        Assert.That(((await running).Status, (await twin)["Idempotency-Replayed"]), Is.EqualTo((201, "true")));
        Assert.That((await Served(two, "replicated"))["Idempotency-Replayed"], Is.EqualTo("true"));
        Assert.That((await Served(two, "lost"))["Idempotency-Replayed"], Is.Null, "the documented loss: its request runs again");
        Assert.That(payments.Twice, Is.EqualTo(new[] { "lost" }));
    }

    [Test]
    public async Task Two_workers_of_a_host_share_their_keys_during_an_upgrade([Values] bool isAtServer)
    {
        using var redis = isAtServer ? new RedisServer().Start() : null;
        using var payments = new Application();
        var folder = Directory.CreateTempSubdirectory("gatewaymesh-keys-").FullName;
        await using var old = await KeyedMesh.Start(payments.Backend.HostPort, folder: folder, store: redis?.Spec);
        for (var i = 0; i < 10; i++)
        {
            await Served(old, $"answered-{i}");
        }

        payments.Hold();
        var running = Enumerable.Range(0, 10).Select(i => old.Ask(KeyedMesh.Post($"running-{i}"))).ToList();
        await Eventually.Until("they run", () => payments.Running == 10);
        await using var next = await KeyedMesh.Start(payments.Backend.HostPort, folder: folder, store: redis?.Spec);
        var drain = old.Mesh.Plane.DrainAsync(TimeSpan.FromSeconds(30));
        var twins = Enumerable.Range(0, 10).Select(i => Served(next, $"running-{i}")).ToList();
        for (var i = 0; i < 10; i++)
        {
            Assert.That((await Served(next, $"answered-{i}"))["Idempotency-Replayed"], Is.EqualTo("true"));
        }

        payments.Release();

        Assert.That((await Task.WhenAll(running)).Select(answer => answer.Status), Is.All.EqualTo(201));
        Assert.That(
            (await Task.WhenAll(twins)).Select(answer => (answer.Status, answer["Idempotency-Replayed"])), Is.All.EqualTo((201, "true")));
        Assert.That((await drain).IsClean);
        await old.DisposeAsync();
        Assert.That((await Served(next, "running-0"))["Idempotency-Replayed"], Is.EqualTo("true"), "after the end of the old one");
        await Served(next, "new");
        Assert.That((payments.Twice, payments.Executed), Is.EqualTo((Array.Empty<string>(), 21)));
        Directory.Delete(folder, recursive: true);
    }

    // On a busy machine a response of the server may be late; a refused request may be sent again.
    private static async Task<RawMessage> Served(KeyedMesh sidecar, string key)
    {
        RawMessage? answer = null;
        await Eventually.Until("the store is in time", async () =>
            !(answer = await sidecar.Ask(KeyedMesh.Post(key))).Body.Contains("idempotency_unavailable", StringComparison.Ordinal));
        return answer!;
    }

    private static StoreState State(KeyedMesh sidecar) => sidecar.Mesh.Plane.Inspection.Stores().Single().State;

    /// <summary>Counts the executions of each key, and on demand answers later.</summary>
    private sealed class Application : IDisposable
    {
        private readonly ConcurrentDictionary<string, int> _executions = new();
        private volatile TaskCompletionSource? _held;
        private int _running;

        public Application() => Backend = new Backend(async (request, connection) =>
        {
            var count = _executions.AddOrUpdate(request["Idempotency-Key"]!, 1, (_, before) => before + 1);
            if (_held is { } held)
            {
                Interlocked.Increment(ref _running);
                await held.Task;
                Interlocked.Decrement(ref _running);
            }

            var body = string.Create(CultureInfo.InvariantCulture, $"paid {count}");
            await connection.Send($"HTTP/1.1 201 Created\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        });

        public Backend Backend { get; }

        public int Running => Volatile.Read(ref _running);

        public int Executed => _executions.Values.Sum();

        public string[] Twice => [.. _executions.Where(pair => pair.Value > 1).Select(pair => pair.Key)];

        public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release()
        {
            var held = _held;
            _held = null;
            held?.TrySetResult();
        }

        public void Dispose()
        {
            Release();
            Backend.Dispose();
        }
    }
}
