using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Tests.Values;

internal sealed class PercentTextTests
{
    [TestCase("0.5%", 0.005)]
    [TestCase("0%", 0)]
    [TestCase("100%", 1)]
    public void Percentages_are_read(string text, double share)
    {
        Assert.That(PercentText.TryParse(text, out var value), Is.True);
        Assert.That(value, Is.EqualTo(share));
    }

    [TestCase("")]
    [TestCase("%")]
    [TestCase("1")]
    [TestCase("-1%")]
    [TestCase("101%")]
    [TestCase("1,000%")]
    [TestCase("NaN%")]
    public void An_invalid_percentage_is_refused(string text) => Assert.That(PercentText.TryParse(text, out _), Is.False);
}
