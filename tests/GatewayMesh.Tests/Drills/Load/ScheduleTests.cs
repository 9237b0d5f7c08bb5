using GatewayMesh.Drills.Load;

namespace GatewayMesh.Tests.Drills.Load;

internal sealed class ScheduleTests
{
    [Test]
    public void Requests_are_due_at_equal_intervals()
    {
        var schedule = new Schedule(500, TimeSpan.FromSeconds(15));

        Assert.That(schedule.Count, Is.EqualTo(7500));
        Assert.That(schedule.DueAt(0), Is.Zero);
        Assert.That(schedule.DueAt(1), Is.EqualTo(2_000));
        Assert.That(schedule.DueAt(7499), Is.EqualTo(14_998_000));
    }

    [Test]
    public void Uneven_rate_does_not_drift() =>
        Assert.That(new Schedule(30, null).DueAt(30 * 3600), Is.EqualTo(3_600_000_000L).Within(1));

    [Test]
    public void Without_a_duration_there_is_always_a_next_request() =>
        Assert.That(new Schedule(60, null).Count, Is.EqualTo(long.MaxValue));
}
