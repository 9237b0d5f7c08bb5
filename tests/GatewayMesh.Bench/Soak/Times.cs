using System.Diagnostics;
using System.Globalization;

namespace GatewayMesh.Bench.Soak;

/// <summary>Times of requests in steps of 0.1 ms, up to 10 s.</summary>
internal sealed class Times
{
    private const int Steps = 100_000;
    private readonly int[] _counts = new int[Steps + 1];
    private long _all;

    /// <summary>Counts a time in ticks of <see cref="Stopwatch"/>.</summary>
    public void Add(long ticks)
    {
        _counts[Math.Clamp(ticks * 10_000 / Stopwatch.Frequency, 0, Steps)]++;
        _all++;
    }

    /// <summary>Returns the time in milliseconds that a share of the requests did not exceed.</summary>
    public double Of(double share)
    {
        var left = (long)(_all * share);
        var step = 0;
        while (step < Steps && (left -= _counts[step]) > 0)
        {
            step++;
        }

        return step / 10.0;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"p50 {Of(0.5):0.0} ms, p99 {Of(0.99):0.0} ms, most {Of(1):0.0} ms");
}
