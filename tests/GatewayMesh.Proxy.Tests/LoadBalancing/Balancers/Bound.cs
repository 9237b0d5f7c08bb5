namespace GatewayMesh.Proxy.Tests.LoadBalancing.Balancers;

/// <summary>
/// Tolerance of a count of independent samples: five standard deviations of the binomial distribution, exceeded by chance for less than one
/// seed in a million.
/// </summary>
internal static class Bound
{
    public static void AssertShare(int count, int draws, double share, string because = "")
    {
        var expected = draws * share;
        var deviation = Math.Sqrt(draws * share * (1 - share));
        Assert.That(count, Is.InRange(expected - (5 * deviation) - 1e-9, expected + (5 * deviation) + 1e-9), because);
    }
}
