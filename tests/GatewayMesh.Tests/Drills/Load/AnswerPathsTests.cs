using GatewayMesh.Drills.Load;

namespace GatewayMesh.Tests.Drills.Load;

internal sealed class AnswerPathsTests
{
    [TestCase("1.1 gateway-1-gateway", true)]
    [TestCase("1.1 host-a-sidecar, 1.1 gw-2-gateway, 1.1 host-b-sidecar", true)]
    [TestCase("1.1 host-a-sidecar", false)]
    [TestCase("1.1 gateway-host-sidecar (not a x-gateway)", false)]
    [TestCase("", false)]
    public void Gateway_is_recognized_by_the_end_of_its_pseudonym(string via, bool gateway) =>
        Assert.That(AnswerPaths.NamesGateway(via), Is.EqualTo(gateway));

    [Test]
    public void Same_Via_has_the_same_index()
    {
        var paths = new AnswerPaths();

        var first = paths.Find("1.1 a-sidecar"u8);
        var other = paths.Find("1.1 b-gateway"u8);

        Assert.That(paths.Find("1.1 a-sidecar"u8), Is.EqualTo(first));
        Assert.That(other.Index, Is.Not.EqualTo(first.Index));
        Assert.That(paths.Texts[other.Index], Is.EqualTo("1.1 b-gateway"));
    }

    [Test]
    public void Endless_Via_values_use_bounded_memory()
    {
        var paths = new AnswerPaths();
        for (var i = 0; i < 1000; i++)
        {
            paths.Find(System.Text.Encoding.ASCII.GetBytes($"1.1 n{i}-sidecar"));
        }

        Assert.That(paths.Texts, Has.Count.EqualTo(AnswerPaths.Max));
    }
}
