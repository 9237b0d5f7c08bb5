using System.Collections.Immutable;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Guard.Carrying;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Tests.Guard.Carrying;

public sealed class GatewayWatchTests
{
    private static readonly ImmutableArray<GatewayAddress> Gateways = [Gateway("a"), Gateway("b"), Gateway("c")];

    [Test]
    public void Untried_gateway_counts_as_responding()
    {
        var watch = new GatewayWatch(new FakeTimeProvider(), () => { });

        Assert.That(watch.AnyOf(Gateways), Is.True);
        Assert.That(watch.AnyOf([]), Is.False);
        foreach (var gateway in Gateways)
        {
            watch.Saw(gateway, ok: false, "gone");
        }

        Assert.That(watch.AnyOf(Gateways), Is.False);
        watch.Saw(Gateways[2], ok: true, null);
        Assert.That(watch.AnyOf(Gateways), Is.True);
    }

    [Test]
    public void Failed_gateways_come_last_and_keep_their_order()
    {
        var watch = new GatewayWatch(new FakeTimeProvider(), () => { });
        watch.Saw(Gateways[0], ok: false, "gone");

        Assert.That(watch.InOrder(Gateways).Select(gateway => gateway.Node), Is.EqualTo(new[] { "b", "c", "a" }));
    }

    [Test]
    public void Only_changes_are_reported_by_the_watch()
    {
        var changes = 0;
        var watch = new GatewayWatch(new FakeTimeProvider(), () => changes++);

        watch.Saw(Gateways[0], ok: true, null);
        watch.Saw(Gateways[0], ok: true, null);
        watch.Saw(Gateways[0], ok: false, "gone");
        watch.Saw(Gateways[0], ok: false, "still gone");

        Assert.That(changes, Is.EqualTo(2));
    }

    [Test]
    public void Late_response_does_not_make_a_gateway_silent_but_a_second_of_silence_does()
    {
        var time = new FakeTimeProvider();
        var watch = new GatewayWatch(time, () => { });

        watch.SawNoAnswer(Gateways[0]);
        time.Advance(TimeSpan.FromMilliseconds(900));
        watch.SawNoAnswer(Gateways[0]);
        Assert.That(watch.AnyOf([Gateways[0]]), Is.True);

        watch.Saw(Gateways[0], ok: true, null);
        time.Advance(TimeSpan.FromMilliseconds(900));
        watch.SawNoAnswer(Gateways[0]);
        Assert.That(watch.AnyOf([Gateways[0]]), Is.True, "an answer in between ends the silence");

        time.Advance(GatewayWatch.Grace);
        watch.SawNoAnswer(Gateways[0]);
        Assert.That(watch.AnyOf([Gateways[0]]), Is.False);
    }

    private static GatewayAddress Gateway(string node) => new(node, new HostPort("a", 1), new HostPort("a", 2));
}
