using GatewayMesh.Drills.Drill;

namespace GatewayMesh.Tests.Drills.Drill;

internal sealed class MediansTests
{
    [TestCase(new[] { 5.0, 1, 3 }, 3)]
    [TestCase(new[] { 4.0, 1, 3, 2 }, 2.5)]
    [TestCase(new[] { 7.0 }, 7)]
    public void Median_is_the_middle_value(double[] values, double middle) => Assert.That(Medians.Of(values), Is.EqualTo(middle));

    [Test]
    public void No_values_have_no_median() => Assert.That(Medians.Of([]), Is.Null);
}
