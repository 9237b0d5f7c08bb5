using System.Collections.Frozen;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Ejection;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.LoadBalancing;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.LoadBalancing;

/// <summary>The instances of a service have live state from its first request on, whatever snapshots come before and after.</summary>
internal sealed class UnusedServiceTests
{
    private EndpointRegistry _registry = null!;

    [SetUp]
    public void StartEmpty() => _registry = new EndpointRegistry(new FakeTimeProvider());

    [Test]
    public void A_service_without_a_request_has_no_live_state()
    {
        var table = _registry.Apply(Snapshot(2, "web", "api"));

        Assert.That(table.Services, Is.Empty);
        Assert.That(table.Unused.Select(service => service.Name), Is.EquivalentTo(new[] { "web", "api" }));

        var web = table.Find("WEB");
        Assert.That(web!.All, Has.Length.EqualTo(2));
        Assert.That(table.Services, Is.EqualTo(new[] { web }));
        Assert.That(table.Unused.Select(service => service.Name), Is.EqualTo(new[] { "api" }));
        Assert.That(table.Find("web"), Is.SameAs(web));
        Assert.That(table.Find("none"), Is.Null);
    }

    [Test]
    public void A_used_service_keeps_its_state_in_the_next_table_and_an_unused_one_stays_without()
    {
        var state = _registry.Apply(Snapshot(2, "web", "api")).Find("web")!.All[0];

        var next = _registry.Apply(Snapshot(3, "web", "api"));

        Assert.That(next.Services.Select(set => set.Service), Is.EqualTo(new[] { "web" }));
        Assert.That(next.Find("web")!.All[0], Is.SameAs(state));
        Assert.That(next.Find("web")!.All, Has.Length.EqualTo(3));
    }

    [Test]
    public void Instances_share_the_ejection_permits_of_their_service_from_the_first_request_on()
    {
        var states = _registry.Apply(Snapshot(4, "web")).Find("web")!.All;

        Assert.That(states.Select(state => state.Share).Distinct().Count(), Is.EqualTo(1));
        Assert.That(states[0].Share.Limit, Is.EqualTo(2));
        Fleet.Fail(states[0], 3);
        Fleet.Fail(states[1], 3);
        Fleet.Fail(states[2], 3);
        Assert.That(states.Count(state => state.IsEjected), Is.EqualTo(2), "no more than half of the instances");
    }

    [Test]
    public void A_request_of_the_table_before_uses_the_state_in_use_and_changes_nothing()
    {
        var before = _registry.Apply(Snapshot(3, "web", "gone"));
        var now = _registry.Apply(Snapshot(2, "web"));

        var late = before.Find("web")!;
        var current = now.Find("web")!;

        Assert.That(late.All, Has.Length.EqualTo(3));
        Assert.That(current.All, Has.Length.EqualTo(2));
        Assert.That(late.All.Take(2), Is.EqualTo(current.All));
        Assert.That(current.All[0].Share.Limit, Is.EqualTo(1), "of two instances");
        Assert.That(before.Find("gone")!.All, Has.Length.EqualTo(3), "its requests end with the service that they began with");
        Assert.That(now.Find("gone"), Is.Null);
        Assert.That(now.Services.Select(set => set.Service), Is.EqualTo(new[] { "web" }));
    }

    [Test]
    public void First_requests_at_the_same_time_get_the_same_instances()
    {
        for (var round = 0; round < 50; round++)
        {
            var table = new EndpointRegistry(TimeProvider.System).Apply(Snapshot(2, "web"));
            var sets = new EndpointSet[4];
            Parallel.For(0, sets.Length, i => sets[i] = table.Find("web")!);
            Assert.That(sets.Distinct().Count(), Is.EqualTo(1));
        }
    }

    private static MeshSnapshot Snapshot(int instances, params string[] services)
    {
        var policy = new PolicyModel { Ejection = new EjectionModel { ConsecutiveFailures = 3, MaxEjectedPercent = 0.5 } };
        return new MeshSnapshot
        {
            Revision = "r",
            Services = services.ToFrozenDictionary(
                service => service,
                service => new ServiceModel(
                    service,
                    "http",
                    policy,
                    [
                        .. Enumerable.Range(0, instances).Select(
                            i => new EndpointModel(service, $"{service}-{i}", $"host-{i}", new HostPort("10.0.0.1", 8000 + i), Healthy: true)),
                    ])),
        };
    }
}
