using System.Reflection;

namespace GatewayMesh.Proxy.Tests.ServiceRoutes;

/// <summary>Every sentence about routes in a mesh has a test. The page names those that other parts hold.</summary>
internal sealed class SentenceCoverageTests
{
    private const int Last = 49;

    // Routes of connections (46), TLS to backends (47), the Mesh object (49).
    private static readonly int[] OfOtherParts = [46, 47, 49];

    [Test]
    public void Every_sentence_has_a_test_or_is_another_parts() =>
        Assert.That(
            typeof(SentenceCoverageTests).Assembly.GetTypes()
                .SelectMany(type => type.GetMethods())
                .Select(method => method.GetCustomAttribute<SentenceAttribute>())
                .OfType<SentenceAttribute>()
                .SelectMany(sentence => sentence.Numbers)
                .Concat(OfOtherParts)
                .Distinct(),
            Is.EquivalentTo(Enumerable.Range(1, Last)));
}
