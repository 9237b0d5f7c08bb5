using GatewayMesh.Configuration.Policies.Ejection;

namespace GatewayMesh.Proxy.LoadBalancing.Outliers;

/// <summary>Which instances stick out of an interval. Pure.</summary>
internal static class OutlierSearch
{
    /// <summary>The places of the outliers in <paramref name="counts"/> with why, the worst first: by success rate, then by failure percentage, then by latency. Each once.</summary>
    public static IReadOnlyList<(int Index, EjectionCause Cause)> Of(ReadOnlySpan<EndpointCounts> counts, EjectionModel model)
    {
        var all = counts.ToArray();
        return [.. BySuccessRate(all, model.SuccessRate).Concat(ByFailures(all, model.FailurePercentage)).Concat(ByLatency(all, model.Latency)).DistinctBy(outlier => outlier.Index)];
    }

    private static IEnumerable<(int Index, EjectionCause Cause)> BySuccessRate(EndpointCounts[] all, SuccessRateModel model)
    {
        var judged = Judged(all, one => one.Requests, model.Enabled, model.RequestVolume, model.MinimumHosts);
        if (judged.Length == 0)
        {
            return [];
        }

        var mean = judged.Average(index => all[index].SuccessRate);
        var deviation = Math.Sqrt(judged.Average(index => Math.Pow(all[index].SuccessRate - mean, 2)));
        var least = mean - Math.Max(model.StdevFactor * deviation, model.Gap);
        return judged.Where(index => all[index].SuccessRate < least).OrderBy(index => all[index].SuccessRate).Select(index => (index, EjectionCause.SuccessRate));
    }

    private static IEnumerable<(int Index, EjectionCause Cause)> ByFailures(EndpointCounts[] all, FailurePercentageModel model) =>
        Judged(all, one => one.Requests, model.Enabled, model.RequestVolume, model.MinimumHosts)
            .Where(index => 1 - all[index].SuccessRate >= model.Threshold)
            .OrderBy(index => all[index].SuccessRate)
            .Select(index => (index, EjectionCause.FailurePercentage));

    private static IEnumerable<(int Index, EjectionCause Cause)> ByLatency(EndpointCounts[] all, LatencyModel model)
    {
        var judged = Judged(all, one => one.Answers, model.Enabled, model.RequestVolume, model.MinimumHosts);
        if (judged.Length == 0)
        {
            return [];
        }

        var means = judged.Select(index => all[index].Mean).Order().ToArray();
        var median = (means[(means.Length - 1) / 2] + means[means.Length / 2]) / 2;
        return judged
            .Where(index => all[index].Mean > median * model.Factor && all[index].Mean >= model.AtLeast)
            .OrderByDescending(index => all[index].Mean)
            .Select(index => (index, EjectionCause.Latency));
    }

    // Those that had enough requests; nobody, when too few had.
    private static int[] Judged(EndpointCounts[] all, Func<EndpointCounts, long> volume, bool enabled, int least, int hosts)
    {
        var judged = enabled ? Enumerable.Range(0, all.Length).Where(index => volume(all[index]) >= least).ToArray() : [];
        return judged.Length >= hosts ? judged : [];
    }
}
