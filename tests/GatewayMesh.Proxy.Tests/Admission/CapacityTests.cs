using GatewayMesh.Proxy.Admission;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Admission;

public sealed class CapacityTests
{
    [Test]
    public void Capacity_is_usable_cores_divided_by_request_cost_and_hosts_are_capacity_divided_by_load()
    {
        var estimate = CapacityEstimate.Of(TimeSpan.FromMicroseconds(100), 2, [100, 300, double.NaN]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(estimate.RequestsPerSecond, Is.EqualTo(14_000).Within(1e-6));
            Assert.That(estimate.MeanHostRate, Is.EqualTo(200));
            Assert.That(estimate.Hosts, Is.EqualTo(70));
        }
    }

    [Test]
    public void No_estimate_is_given_while_cost_or_load_is_unknown()
    {
        Assert.That(CapacityEstimate.Of(TimeSpan.Zero, 2, [100]).Hosts, Is.Null);
        Assert.That(CapacityEstimate.Of(TimeSpan.FromMilliseconds(1), 2, []).Hosts, Is.Null);
    }

    [Test]
    public void The_sampler_measures_cost_and_rate_and_ignores_idle_seconds_for_the_cost()
    {
        var time = new FakeTimeProvider();
        var cpu = TimeSpan.Zero;
        var requests = 0L;
        var sampler = new CapacitySampler(time, () => cpu, () => requests);
        for (var i = 0; i < 100; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            requests += 1000;
            cpu += TimeSpan.FromMilliseconds(50);
            sampler.Sample();
        }

        Assert.That(sampler.CpuPerRequest.TotalMicroseconds, Is.EqualTo(50).Within(0.1));
        Assert.That(sampler.RequestRate, Is.EqualTo(1000).Within(1));

        time.Advance(TimeSpan.FromSeconds(60));
        cpu += TimeSpan.FromMilliseconds(500);
        sampler.Sample();
        Assert.That(sampler.CpuPerRequest.TotalMicroseconds, Is.EqualTo(50).Within(0.1));
        Assert.That(sampler.RequestRate, Is.LessThan(5));
    }
}
