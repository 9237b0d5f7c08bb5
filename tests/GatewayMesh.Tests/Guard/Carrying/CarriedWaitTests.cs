using GatewayMesh.Guard.Carrying;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Tests.Guard.Carrying;

/// <summary>A guard is replaced only while it carries nothing; it waits for that, but not for ever.</summary>
internal sealed class CarriedWaitTests
{
    private readonly CountedTimers _time = new();

    [Test]
    public async Task Wait_ends_at_once_when_nothing_is_carried() =>
        Assert.That(await new CarriedWait(() => 0, Fail, _time).EndsAsync(() => true), Is.True);

    [Test]
    public async Task Wait_gives_up_after_its_limit_and_ends_quiet_connections_meanwhile()
    {
        var looks = 0;
        var wait = new CarriedWait(() => 1, () => looks++, _time).EndsAsync(() => true);
        Assert.That(await ElapsedAsync(wait), Is.InRange(CarriedWait.Limit, CarriedWait.Limit + TimeSpan.FromSeconds(1)));
        Assert.That(await wait, Is.False);
        Assert.That(looks, Is.GreaterThan(1));
    }

    [Test]
    public async Task Wait_goes_on_until_a_worker_serves()
    {
        var serves = false;
        var wait = new CarriedWait(() => 0, () => serves = true, _time).EndsAsync(() => serves);
        Assert.That(wait.IsCompleted, Is.False);
        Assert.That(await ElapsedAsync(wait), Is.LessThan(CarriedWait.Limit));
        Assert.That(await wait, Is.True);
    }

    // The clock moves on only when the wait has set its timer again: it would otherwise run far past the moment of the next look.
    private async Task<TimeSpan> ElapsedAsync(Task<bool> wait)
    {
        var began = _time.GetTimestamp();
        for (var looks = _time.Count - 1; !wait.IsCompleted;) // the wait has set its first timer
        {
            if (_time.Count > looks)
            {
                looks++;
                _time.Advance(CarriedWait.Pace);
            }
            else
            {
                await Task.Yield();
            }
        }

        return _time.GetElapsedTime(began);
    }

    // FakeTimeProvider alone does not tell that the wait has set its next timer.
    private sealed class CountedTimers : FakeTimeProvider
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Interlocked.Increment(ref _count);
            return timer;
        }
    }

    private static void Fail() => Assert.Fail("There is nothing to end.");
}
