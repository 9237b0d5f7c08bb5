using GatewayMesh.Proxy.Resilience;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Resilience;

public sealed class DeadlineTests
{
    [TestCase(15_000, null, 15_000, false)]
    [TestCase(15_000, 2000, 2000, true)]
    [TestCase(15_000, 60_000, 15_000, false)]
    [TestCase(0, 2000, 2000, true)]
    [TestCase(15_000, 0, 0, true)]
    public void The_shorter_of_policy_and_caller_applies(int policy, int? caller, long expected, bool isCallers)
    {
        var deadline = Deadline.Start(
            new FakeTimeProvider(), TimeSpan.FromMilliseconds(policy), caller is { } ms ? TimeSpan.FromMilliseconds(ms) : null);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(deadline.RemainingMilliseconds, Is.EqualTo(expected));
            Assert.That(deadline.IsCallers, Is.EqualTo(isCallers));
        }
    }

    [Test]
    public void Without_a_limit_there_is_no_deadline()
    {
        var deadline = Deadline.Start(new FakeTimeProvider(), TimeSpan.Zero, null);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(deadline.IsSet, Is.False);
            Assert.That(deadline.IsOver, Is.False);
            Assert.That(deadline.Remaining, Is.EqualTo(Timeout.InfiniteTimeSpan));
            Assert.That(deadline.RemainingMilliseconds, Is.Null);
        }
    }

    [Test]
    public void Remaining_time_shrinks_to_zero_and_the_last_fraction_is_sent_as_one_millisecond()
    {
        var time = new FakeTimeProvider();
        var deadline = Deadline.Start(time, TimeSpan.FromSeconds(1), null);
        time.Advance(TimeSpan.FromMilliseconds(999.5));
        Assert.That(deadline.RemainingMilliseconds, Is.EqualTo(1));
        Assert.That(deadline.IsOver, Is.False);
        time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.That(deadline.Remaining, Is.EqualTo(TimeSpan.Zero));
        Assert.That(deadline.IsOver, Is.True);
    }
}
