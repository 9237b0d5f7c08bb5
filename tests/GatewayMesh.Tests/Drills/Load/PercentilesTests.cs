using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Drills.Load;

namespace GatewayMesh.Tests.Drills.Load;

internal sealed class PercentilesTests
{
    [Test]
    public void Percentiles_use_the_nearest_rank() =>
        Assert.That(
            Percentiles.Of(Enumerable.Range(1, 100).Select(i => i * 1000L).Reverse()), Is.EqualTo(new Percentiles(50, 90, 99, 100)));

    [Test]
    public void One_request_is_every_percentile() =>
        Assert.That(Percentiles.Of([2500]), Is.EqualTo(new Percentiles(2.5, 2.5, 2.5, 2.5)));

    [Test]
    public void No_request_is_no_latency() => Assert.That(Percentiles.Of([]), Is.EqualTo(Percentiles.None));

    [Test]
    public void Percentiles_never_fall() => Prop.ForAll<int[]>(values =>
    {
        var found = Percentiles.Of(values.Select(value => (long)Math.Abs((double)value)));
        return found.P50 <= found.P90 && found.P90 <= found.P99 && found.P99 <= found.Max;
    }).QuickCheckThrowOnFailure();
}
