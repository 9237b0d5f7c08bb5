using GatewayMesh.Guard.Carrying;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Tests.Guard.Carrying;

/// <summary>A guard is replaced only while it carries nothing; it waits for that, but not for ever.</summary>
internal sealed class CarriedWaitTests
{
    private readonly FakeTimeProvider _time = new();

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

    // A look that comes late only makes the clock of the test run on.
    private async Task<TimeSpan> ElapsedAsync(Task<bool> wait)
    {
        var began = _time.GetTimestamp();
        while (!wait.IsCompleted)
        {
            _time.Advance(CarriedWait.Pace);
            await Task.Yield();
        }

        return _time.GetElapsedTime(began);
    }

    private static void Fail() => Assert.Fail("There is nothing to end.");
}
