namespace GatewayMesh.Commands.Drill.Load;

/// <summary>Latencies of a load in milliseconds, by nearest rank (no interpolation: each is a request that really was).</summary>
/// <param name="P50">Half of the requests were at most this slow.</param>
/// <param name="P90">Nine of ten.</param>
/// <param name="P99">Ninety-nine of a hundred.</param>
/// <param name="Max">The slowest.</param>
internal sealed record Percentiles(double P50, double P90, double P99, double Max)
{
    /// <summary>Of no request at all.</summary>
    public static Percentiles None { get; } = new(0, 0, 0, 0);

    /// <summary>Of <paramref name="microseconds"/>, in any order.</summary>
    public static Percentiles Of(IEnumerable<long> microseconds)
    {
        var sorted = microseconds.Order().ToArray();
        return sorted.Length == 0 ? None : new Percentiles(Rank(sorted, 50), Rank(sorted, 90), Rank(sorted, 99), sorted[^1] / 1000.0);
    }

    private static double Rank(long[] sorted, int percent)
    {
        var rank = ((sorted.Length * (long)percent) + 99) / 100;
        return sorted[Math.Max(rank, 1) - 1] / 1000.0;
    }
}
