using GatewayMesh.Registry.Consul.Certificates;
using GatewayMesh.Registry.Consul.Watching;

namespace GatewayMesh.Registry.Tests.Consul.Certificates;

/// <summary>The times at which a leaf is requested.</summary>
public sealed class RenewalTests
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), End = Begin.AddHours(72);

    [Test]
    public void A_new_leaf_is_requested_at_half_of_its_lifetime_with_a_spread()
    {
        var looks = Enumerable.Range(0, 200).Select(seed => Renewal.NextLook(Begin, End, Begin, new Jitter(new Random(seed)))).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(looks, Is.All.InRange(Begin.AddHours(32.4), Begin.AddHours(39.6)));
            Assert.That(looks.Max() - looks.Min(), Is.GreaterThan(TimeSpan.FromHours(5)));
        }
    }

    [Test]
    public void An_old_leaf_is_requested_repeatedly()
    {
        var now = Begin.AddHours(50);
        Assert.That(
            Renewal.NextLook(Begin, End, now, new Jitter(new Random(1))) - now, Is.InRange(TimeSpan.FromHours(3.2), TimeSpan.FromHours(4)));
    }
}
