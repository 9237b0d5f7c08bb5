using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Streams;
using GatewayMesh.Proxy.Tests.Loops;
using GatewayMesh.Proxy.Upstreams;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Connections;

/// <summary>Requests that wait for a connection while others get one. The test ends each attempt to connect; no time passes.</summary>
public sealed class InstancePoolTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromHours(1);

    [Test]
    public async Task A_request_whose_connection_went_to_another_does_not_wait_for_its_timeout_when_the_others_attempt_fails()
    {
        await using var rig = new LoopRig(new FakeTimeProvider());
        var attempts = new Attempts();
        var pool = await rig.Get(() => new InstancePool(rig.Loop, attempts.Connect, Timeout));
        var first = await rig.Get(() => Ask(pool));
        var second = await rig.Get(() => Ask(pool));

        await Connect(rig, attempts[1]);
        Assert.That(await first.WaitAsync(LoopRig.Patience), Is.Not.Null, "the one that has waited longest is served");
        await Fail(rig, attempts[0]);
        await rig.Until(() => attempts.Count == 3);
        Assert.That(second.IsCompleted, Is.False, "it gets an attempt of its own");
        await Fail(rig, attempts[2]);

        Assert.That(async () => await second.WaitAsync(LoopRig.Patience), Throws.TypeOf<ConnectFailedException>());
    }

    [Test]
    public async Task A_request_whose_own_attempt_fails_fails_at_once()
    {
        await using var rig = new LoopRig(new FakeTimeProvider());
        var attempts = new Attempts();
        var pool = await rig.Get(() => new InstancePool(rig.Loop, attempts.Connect, Timeout));
        var first = await rig.Get(() => Ask(pool));
        var second = await rig.Get(() => Ask(pool));

        await Fail(rig, attempts[0]);
        Assert.That(async () => await first.WaitAsync(LoopRig.Patience), Throws.TypeOf<ConnectFailedException>());
        await Connect(rig, attempts[1]);

        Assert.That(await second.WaitAsync(LoopRig.Patience), Is.Not.Null);
        Assert.That(attempts.Count, Is.EqualTo(2));
    }

    [Test]
    public async Task No_request_waits_while_no_attempt_is_made_for_it([Range(0, 39)] int seed)
    {
        await using var rig = new LoopRig(new FakeTimeProvider());
        var attempts = new Attempts();
        var pool = await rig.Get(() => new InstancePool(rig.Loop, attempts.Connect, Timeout));
        var random = new Random(seed);
        var waiting = new List<(Task<InstanceConnection> Wait, CancellationTokenSource End)>();
        var served = new List<InstanceConnection>();
        for (var step = 0; step < 40; step++)
        {
            switch (random.Next(6))
            {
                case 0 or 1:
                    var end = new CancellationTokenSource();
                    waiting.Add((await rig.Get(() => Ask(pool, end.Token)), end));
                    break;
                case 2 when attempts.Open is { Count: > 0 } open:
                    await Connect(rig, open[random.Next(open.Count)]);
                    break;
                case 3 when attempts.Open is { Count: > 0 } open:
                    await Fail(rig, open[random.Next(open.Count)]);
                    break;
                case 4 when served.Count > 0:
                    var returned = served[^1];
                    served.RemoveAt(served.Count - 1);
                    await rig.Run(() =>
                    {
                        pool.Return(returned);
                        return Task.CompletedTask;
                    });
                    break;
                case 5 when waiting.Count > 0:
                    await waiting[random.Next(waiting.Count)].End.CancelAsync();
                    break;
            }

            await Turns(rig);
            served.AddRange(waiting.Where(each => each.Wait.IsCompletedSuccessfully).Select(each => each.Wait.Result));
            waiting.RemoveAll(each => each.Wait.IsCompleted);
        }

        // Every attempt fails from now on, so each wait ends.
        using var patience = new CancellationTokenSource(LoopRig.Patience);
        while (waiting.Exists(each => !each.Wait.IsCompleted))
        {
            foreach (var attempt in attempts.Open)
            {
                await Fail(rig, attempt);
            }

            await Turns(rig);
            Assert.That(patience.IsCancellationRequested, Is.False, $"seed {seed}: a request waits without an attempt");
        }

        await rig.Run(() =>
        {
            pool.Close();
            served.ForEach(connection => connection.Close());
            waiting.Where(each => each.Wait.IsCompletedSuccessfully).ToList().ForEach(each => each.Wait.Result.Close());
            return Task.CompletedTask;
        });
    }

    private static Task<InstanceConnection> Ask(InstancePool pool, CancellationToken cancellationToken = default) =>
        pool.ConnectAsync(isRepeatable: true, Timeout, cancellationToken).AsTask();

    private static async Task Connect(LoopRig rig, TaskCompletionSource<ByteChannel> attempt)
    {
        var (here, _) = await rig.Pair();
        await rig.Run(() =>
        {
            attempt.SetResult(new ByteChannel(new PlainStream(here)));
            return Task.CompletedTask;
        });
    }

    private static Task Fail(LoopRig rig, TaskCompletionSource<ByteChannel> attempt) => rig.Run(() =>
    {
        attempt.SetException(new ConnectFailedException(ConnectFailure.Refused, null));
        return Task.CompletedTask;
    });

    // A connection is handed over in the next turn.
    private static async Task Turns(LoopRig rig)
    {
        for (var i = 0; i < 4; i++)
        {
            await rig.Run(() => Task.CompletedTask);
        }
    }

    /// <summary>Attempts to connect, in the order in which they began.</summary>
    private sealed class Attempts
    {
        private readonly List<TaskCompletionSource<ByteChannel>> _all = [];

        public int Count => _all.Count;

        public List<TaskCompletionSource<ByteChannel>> Open => [.. _all.Where(attempt => !attempt.Task.IsCompleted)];

        public TaskCompletionSource<ByteChannel> this[int index] => _all[index];

        public ValueTask<ByteChannel> Connect(
            GatewayMesh.Proxy.Loops.EventLoop loop, TimeSpan timeout, CancellationToken cancellationToken)
        {
            var attempt = new TaskCompletionSource<ByteChannel>();
            _all.Add(attempt);
            return new(attempt.Task);
        }
    }
}
