namespace GatewayMesh.Proxy.Tests.LoadBalancing.Balancers;

/// <summary>How far a count of independent draws may lie from what is expected: five standard deviations of the binomial, which chance exceeds less than once in a million seeds.</summary>
internal static class Bound
{
    public static void AssertShare(int count, int draws, double share, string because = "")
    {
        var expected = draws * share;
        var deviation = Math.Sqrt(draws * share * (1 - share));
        Assert.That(count, Is.InRange(expected - (5 * deviation) - 1e-9, expected + (5 * deviation) + 1e-9), because);
    }
}
