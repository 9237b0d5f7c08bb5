using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Tests.Document;

internal sealed class NearestTests
{
    [TestCase("prot", "port")]
    [TestCase("Port", "port")]
    [TestCase("potr", "port")]
    [TestCase("protcol", "protocol")]
    [TestCase("colour", null)]
    [TestCase("", null)]
    public void The_nearest_word_is_suggested_and_a_distant_word_is_not(string word, string? meant) =>
        Assert.That(Nearest.To(word, ["port", "protocol", "outbound"]), Is.EqualTo(meant));

    [Test]
    public void A_very_long_word_costs_nothing() => Assert.That(Nearest.To(new string('a', 1_000_000), ["port"]), Is.Null);
}
