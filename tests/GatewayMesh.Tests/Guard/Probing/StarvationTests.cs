using GatewayMesh.Guard.Probing;
using GatewayMesh.Linux;

namespace GatewayMesh.Tests.Guard.Probing;

public sealed class StarvationTests
{
    private TimeSpan _waited;

    [Test]
    public void Threads_that_wait_for_a_processor_are_starved()
    {
        var starvation = new Starvation(() => _waited);

        Assert.That(starvation.Look(At(0)), Is.False, "nothing is known at the first failure");
        _waited += TimeSpan.FromMilliseconds(63);
        Assert.That(starvation.Look(At(250)), Is.True);
    }

    [Test]
    public void Threads_that_wait_for_a_lock_are_not_starved()
    {
        var starvation = new Starvation(() => _waited);
        starvation.Look(At(0));
        _waited += TimeSpan.FromMilliseconds(20);

        Assert.That(starvation.Look(At(250)), Is.False);
    }

    [Test]
    public void Ended_series_does_not_affect_the_next()
    {
        var starvation = new Starvation(() => _waited);
        starvation.Look(At(0));
        _waited += TimeSpan.FromSeconds(5);
        starvation.Clear();

        Assert.That(starvation.Look(At(1000)), Is.False);
        Assert.That(starvation.Look(At(1250)), Is.False);
    }

    [Test]
    public void Waiting_time_of_a_dead_process_is_zero() => Assert.That(RunQueueWait.Of(int.MaxValue), Is.EqualTo(TimeSpan.Zero));

    private static TimeSpan At(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
