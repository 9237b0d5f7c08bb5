using System.Collections.Concurrent;
using GatewayMesh.Proxy.Loops;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Loops;

/// <summary>The thread of a loop: posted work, coming back, waits, and what is seen of a loop from outside.</summary>
public class EventLoopTests
{
    [Test]
    public async Task Posted_work_runs_in_order_on_the_loops_thread()
    {
        await using var rig = new LoopRig();
        var seen = new ConcurrentQueue<int>();
        var strangers = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var number = i;
            rig.Loop.Post(() =>
            {
                seen.Enqueue(number);
                strangers += rig.Loop.IsCurrent ? 0 : 1;
            });
        }

        await rig.Run(() => Task.CompletedTask);
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 10_000)));
        Assert.That(strangers, Is.Zero);
    }

    [Test]
    public async Task Work_posted_by_many_threads_is_never_left_behind_by_a_sleeping_loop()
    {
        await using var rig = new LoopRig();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                await SwitchAsync(rig.Loop).WaitAsync(LoopRig.Patience);
            }
        })));

        static async Task SwitchAsync(EventLoop loop)
        {
            await loop.SwitchTo();
            await Task.Yield();
        }
    }

    [Test]
    public async Task Switching_completes_at_once_on_the_loop_and_returns_to_it_from_elsewhere()
    {
        await using var rig = new LoopRig();
        await rig.Run(async () =>
        {
            Assert.That(rig.Loop.SwitchTo().IsCompleted, Is.True);
            await Task.Run(() => { }).ConfigureAwait(false);
            await Task.Delay(1).ConfigureAwait(false);
            await rig.Loop.SwitchTo();
            Assert.That(EventLoop.Current, Is.SameAs(rig.Loop));
        });
    }

    [Test]
    public async Task A_fault_in_posted_work_is_reported_and_the_loop_goes_on()
    {
        await using var rig = new LoopRig();
        rig.Loop.Post(() => throw new InvalidOperationException("a fault"));
        await rig.Run(() => Task.CompletedTask);
        Assert.That(rig.Failures.TryDequeue(out var fault) ? fault.Message : null, Is.EqualTo("a fault"));
    }

    [Test]
    public async Task A_delay_ends_when_virtual_time_has_passed()
    {
        var time = new FakeTimeProvider();
        await using var rig = new LoopRig(time);
        var waiting = new TaskCompletionSource();
        var done = rig.Run(async () =>
        {
            var wait = rig.Loop.Delay(TimeSpan.FromMinutes(5));
            waiting.SetResult();
            await wait;
            Assert.That(rig.Loop.IsCurrent, Is.True);
        });
        await waiting.Task;
        time.Advance(TimeSpan.FromSeconds(299));
        await rig.Run(() => Task.CompletedTask);
        await rig.Run(() => Task.CompletedTask);
        Assert.That(done.IsCompleted, Is.False);
        time.Advance(TimeSpan.FromSeconds(1));
        await done;
    }

    [Test]
    public async Task A_clock_that_moves_while_the_loop_falls_asleep_wakes_the_loop()
    {
        await using var rig = new LoopRig(new LateAlarms());
        await rig.Run(async () => await rig.Loop.Delay(TimeSpan.FromSeconds(1)));
    }

    [Test]
    public async Task A_delay_ends_in_real_time_too()
    {
        await using var rig = new LoopRig();
        var before = TimeProvider.System.GetTimestamp();
        await rig.Run(async () => await rig.Loop.Delay(TimeSpan.FromMilliseconds(35)));
        Assert.That(TimeProvider.System.GetElapsedTime(before).TotalMilliseconds, Is.GreaterThanOrEqualTo(35));
    }

    [Test]
    public async Task A_canceled_delay_does_not_disturb_the_next_one()
    {
        var time = new FakeTimeProvider();
        await using var rig = new LoopRig(time);
        await rig.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                using var cancellation = new CancellationTokenSource();
                var wait = rig.Loop.Delay(TimeSpan.FromMinutes(1), cancellation.Token);
                if (i % 2 == 0)
                {
                    await cancellation.CancelAsync().ConfigureAwait(false);
                }
                else
                {
                    time.Advance(TimeSpan.FromMinutes(1));
                }

                await rig.Loop.SwitchTo();
                var canceled = false;
                try
                {
                    await wait;
                }
                catch (OperationCanceledException)
                {
                    canceled = true;
                }

                Assert.That(canceled, Is.EqualTo(i % 2 == 0));
            }
        });
        Assert.That(await rig.Get(() => rig.Loop.Timers.Count), Is.Zero);
    }

    [Test]
    public async Task Delays_and_turns_allocate_nothing()
    {
        await using var rig = new LoopRig();
        var bytes = 0L;
        await rig.Run(async () =>
        {
            for (var batch = 0; batch < 2; batch++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < 20; i++)
                {
                    await rig.Loop.Delay(TimeSpan.FromMilliseconds(1));
                }

                bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            }
        });
        Assert.That(bytes, Is.Zero);
    }

    [Test]
    public async Task A_stalled_loop_is_seen_from_outside()
    {
        await using var rig = new LoopRig();
        var turns = rig.Loop.Turns;
        rig.Loop.Touch();
        Assert.That(() => rig.Loop.Turns, Is.GreaterThan(turns).After(5_000, 1));

        using var stalled = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        rig.Loop.Post(() =>
        {
            stalled.Set();
            goOn.Wait(LoopRig.Patience);
        });
        Assert.That(stalled.Wait(LoopRig.Patience), Is.True);
        turns = rig.Loop.Turns;
        rig.Loop.Touch();
        await Task.Delay(50);
        Assert.That(rig.Loop.Turns, Is.EqualTo(turns));
        goOn.Set();
        Assert.That(() => rig.Loop.Turns, Is.GreaterThan(turns).After(5_000, 1));
    }

    [Test]
    public async Task After_the_end_of_a_loop_waits_fail_and_code_goes_on_elsewhere()
    {
        var rig = new LoopRig(new FakeTimeProvider());
        var waiting = new TaskCompletionSource();
        var wait = rig.Run(async () =>
        {
            var delay = rig.Loop.Delay(TimeSpan.FromHours(1));
            waiting.SetResult();
            await delay;
        });
        await waiting.Task;
        await rig.DisposeAsync();
        Assert.That(async () => await wait, Throws.InstanceOf<OperationCanceledException>());
        await rig.Run(() =>
        {
            Assert.That(rig.Loop.IsCurrent, Is.False);
            return Task.CompletedTask;
        });
        var turns = rig.Loop.Turns;
        rig.Loop.Touch();
        Assert.That(rig.Loop.Turns, Is.EqualTo(turns));
    }

    /// <summary>A clock that moves by a second before its first alarm is set.</summary>
    private sealed class LateAlarms : FakeTimeProvider
    {
        private bool _hasMoved;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new Alarm(this, base.CreateTimer(callback, state, dueTime, period));

        private void Move()
        {
            if (!_hasMoved)
            {
                _hasMoved = true;
                Advance(TimeSpan.FromSeconds(1));
            }
        }

        private sealed class Alarm(LateAlarms clock, ITimer inner) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                if (dueTime > TimeSpan.Zero)
                {
                    clock.Move();
                }

                return inner.Change(dueTime, period);
            }

            public void Dispose() => inner.Dispose();

            public ValueTask DisposeAsync() => inner.DisposeAsync();
        }
    }
}
