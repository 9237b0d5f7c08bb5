using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Proxy.Limits;

namespace GatewayMesh.Proxy.Tests.Limits;

public sealed class ConnectionPermitsTests
{
    private static readonly CancellationToken Never = CancellationToken.None;

    [Test]
    public void A_returned_permit_goes_to_the_longest_waiter_and_not_to_a_newcomer()
    {
        var permits = new ConnectionPermits(1);
        Assert.That(permits.TryTake(), Is.True);
        var first = permits.TryWaitAsync(10, Never, Never)!;
        var second = permits.TryWaitAsync(10, Never, Never)!;

        permits.Release();

        Assert.That(first.IsCompletedSuccessfully && first.Result, Is.True);
        Assert.That(second.IsCompleted, Is.False);
        Assert.That(permits.TryTake(), Is.False);
        permits.Release();
        Assert.That(second.Result, Is.True);
        Assert.That((permits.Taken, permits.Waiting), Is.EqualTo((1, 0)));
    }

    [Test]
    public void The_number_of_waiters_is_bounded()
    {
        var permits = new ConnectionPermits(1);
        permits.TryTake();
        Assert.That(permits.TryWaitAsync(1, Never, Never), Is.Not.Null);
        Assert.That(permits.TryWaitAsync(1, Never, Never), Is.Null);
        Assert.That(permits.Waiting, Is.EqualTo(1));
    }

    [Test]
    public void A_waiter_that_gives_up_leaves_the_queue()
    {
        using var over = new CancellationTokenSource();
        var permits = new ConnectionPermits(1);
        permits.TryTake();
        var gone = permits.TryWaitAsync(10, over.Token, Never)!;
        var patient = permits.TryWaitAsync(10, Never, Never)!;

        over.Cancel();
        permits.Release();

        Assert.That(gone.Result, Is.False);
        Assert.That(patient.Result, Is.True);
        Assert.That((permits.Taken, permits.Waiting), Is.EqualTo((1, 0)));
    }

    [Test]
    public void More_permits_serve_waiters_and_fewer_revoke_none()
    {
        var permits = new ConnectionPermits(1);
        permits.TryTake();
        var waiting = permits.TryWaitAsync(10, Never, Never)!;

        permits.Declare(2);
        Assert.That(waiting.Result, Is.True);

        permits.Declare(1);
        Assert.That(permits.Taken, Is.EqualTo(2));
        permits.Release();
        Assert.That(permits.TryTake(), Is.False);
    }

    [Test]
    public void In_any_order_no_excess_permit_is_taken_and_no_caller_waits_while_a_permit_is_free() =>
        Prop.ForAll<byte, List<byte>>((max, steps) =>
        {
            var permits = new ConnectionPermits(1 + (max % 4));
            var waiting = new List<(Task<bool> Task, CancellationTokenSource Over)>();
            var taken = 0;
            foreach (var step in steps)
            {
                switch (step % 4)
                {
                    case 0 when taken > 0:
                        permits.Release();
                        taken--;
                        break;
                    case 1 when waiting.Count > 0:
                        waiting[step % waiting.Count].Over.Cancel();
                        break;
                    default:
                        if (permits.TryTake())
                        {
                            taken++;
                        }
                        else
                        {
                            var over = new CancellationTokenSource();
                            if (permits.TryWaitAsync(3, over.Token, Never) is { } task)
                            {
                                waiting.Add((task, over));
                            }
                        }

                        break;
                }

                taken += waiting.Count(one => one.Task.IsCompleted && one.Task.Result);
                waiting.RemoveAll(one => one.Task.IsCompleted);
                if (permits.Taken != taken
                    || taken > 1 + (max % 4)
                    || permits.Waiting != waiting.Count
                    || (waiting.Count > 0 && taken < 1 + (max % 4)))
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Test]
    public async Task Concurrent_threads_lose_no_permit()
    {
        var permits = new ConnectionPermits(2);
        var inside = 0;
        var most = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                if (!permits.TryTake() && !await permits.TryWaitAsync(100, Never, Never)!)
                {
                    continue;
                }

                var now = Interlocked.Increment(ref inside);
                int seen;
                while ((seen = Volatile.Read(ref most)) < now && Interlocked.CompareExchange(ref most, now, seen) != seen)
                {
                }

                Interlocked.Decrement(ref inside);
                permits.Release();
            }
        })));
        Assert.That(most, Is.InRange(1, 2));
        Assert.That((permits.Taken, permits.Waiting), Is.EqualTo((0, 0)));
    }
}
