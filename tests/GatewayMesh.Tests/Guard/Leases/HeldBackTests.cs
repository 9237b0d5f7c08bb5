namespace GatewayMesh.Tests.Guard.Leases;

/// <summary>Reports about a worker that could serve but must wait.</summary>
public sealed class HeldBackTests
{
    [Test]
    public void Worker_held_back_by_a_crash_loop_is_reported_with_the_remaining_time()
    {
        var bench = LeaseBench.Serving();
        var (second, _) = bench.Crash(1);
        var (third, _) = bench.Crash(second);
        bench.Passes(third);

        var held = bench.Machine.HeldBack(bench.Now);

        Assert.That(held?.Reason, Does.Contain("crash in a loop"));
        Assert.That(held!.Left, Is.GreaterThan(TimeSpan.FromSeconds(29)).And.LessThanOrEqualTo(TimeSpan.FromSeconds(30)));
    }

    [Test]
    public void Pause_before_the_next_start_is_reported()
    {
        var bench = LeaseBench.Serving();
        bench.Ends(1);

        Assert.That(bench.Machine.HeldBack(bench.Now)?.Reason, Does.Contain("after a pause"));
    }

    [Test]
    public void A_worker_that_serves_is_not_held_back() => Assert.That(LeaseBench.Serving().Machine.HeldBack(TimeSpan.Zero), Is.Null);
}
