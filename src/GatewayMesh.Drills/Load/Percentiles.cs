namespace GatewayMesh.Drills.Load;

/// <summary>Latencies of a load in milliseconds, by nearest rank (no interpolation: each value is a real request).</summary>
/// <param name="P50">Median.</param>
/// <param name="P90">90th percentile.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="Max">Maximum.</param>
internal sealed record Percentiles(double P50, double P90, double P99, double Max)
{
    /// <summary>The percentiles of an empty load.</summary>
    public static Percentiles None { get; } = new(0, 0, 0, 0);

    /// <summary>Computes the percentiles of <paramref name="microseconds"/>, in any order.</summary>
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
