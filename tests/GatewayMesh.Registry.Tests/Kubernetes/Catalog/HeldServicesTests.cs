using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Registry.Kubernetes.Catalog;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Kubernetes.Catalog;

internal sealed class HeldServicesTests
{
    private static readonly ServiceCatalog Full = Catalog(Service("api.shop", 2), Service("web.shop", 1));

    [Test]
    public void A_service_that_is_lost_when_a_watch_starts_anew_is_kept_for_ten_seconds()
    {
        var time = new FakeTimeProvider();
        var held = new HeldServices(time);
        _ = held.Complete(Full, isAnew: false);
        var restored = Catalog(Service("web.shop", 0));

        var completed = held.Complete(restored, isAnew: true);
        Assert.That(
            completed.Services.Select(service => (service.Name, service.Instances!.Value.Length)),
            Is.EquivalentTo(new[] { ("web.shop", 1), ("api.shop", 2) }));
        Assert.That(held.Any, Is.True);
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.That(held.Complete(restored, isAnew: false), Is.SameAs(completed));

        time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.That(held.Complete(restored, isAnew: false), Is.SameAs(restored));
        Assert.That(held.Any, Is.False);
    }

    [Test]
    public void A_service_that_a_running_watch_reports_as_gone_is_gone_at_once()
    {
        var held = new HeldServices(new FakeTimeProvider());
        _ = held.Complete(Full, isAnew: false);
        var fewer = Catalog(Service("web.shop", 1));
        Assert.That(held.Complete(fewer, isAnew: false), Is.SameAs(fewer));
    }

    [Test]
    public void A_kept_service_that_returns_is_no_longer_kept()
    {
        var held = new HeldServices(new FakeTimeProvider());
        _ = held.Complete(Full, isAnew: false);
        _ = held.Complete(Catalog(Service("web.shop", 1)), isAnew: true);
        var back = Catalog(Service("api.shop", 1), Service("web.shop", 1));
        Assert.That(held.Complete(back, isAnew: false), Is.SameAs(back));
        Assert.That(held.Any, Is.False);
    }

    private static ServiceCatalog Catalog(params DiscoveredService[] services) => new([.. services], []) { Namespace = "shop" };

    private static DiscoveredService Service(string name, int instances) => new(
        name,
        [.. Enumerable.Range(1, instances).Select(i => new DiscoveredInstance($"{name}-{i}", "", new HostPort("10.0.0.1", i), true))])
    {
        Frontend = new ServiceFrontend(80, []),
    };
}
