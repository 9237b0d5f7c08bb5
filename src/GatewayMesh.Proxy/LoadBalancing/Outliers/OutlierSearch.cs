using GatewayMesh.Configuration.Policies.Ejection;

namespace GatewayMesh.Proxy.LoadBalancing.Outliers;

/// <summary>Finds the outliers of an interval. Pure.</summary>
internal static class OutlierSearch
{
    /// <summary>
    /// Returns the indexes of the outliers in <paramref name="counts"/> with their causes, worst first: by success rate, then failure
    /// percentage, then latency. Each index appears once.
    /// </summary>
    public static IReadOnlyList<(int Index, EjectionCause Cause)> Of(ReadOnlySpan<EndpointCounts> counts, EjectionModel model)
    {
        var all = counts.ToArray();
        return [
            .. BySuccessRate(all, model.SuccessRate)
                .Concat(ByFailures(all, model.FailurePercentage))
                .Concat(ByLatency(all, model.Latency))
                .DistinctBy(outlier => outlier.Index)];
    }

    private static IEnumerable<(int Index, EjectionCause Cause)> BySuccessRate(EndpointCounts[] all, SuccessRateModel model)
    {
        var eligible = Eligible(all, one => one.Requests, model.Enabled, model.RequestVolume, model.MinimumHosts);
        if (eligible.Length == 0)
        {
            return [];
        }

        var mean = eligible.Average(index => all[index].SuccessRate);
        var deviation = Math.Sqrt(eligible.Average(index => Math.Pow(all[index].SuccessRate - mean, 2)));
        var least = mean - Math.Max(model.StdevFactor * deviation, model.Gap);
        return eligible.Where(index => all[index].SuccessRate < least)
            .OrderBy(index => all[index].SuccessRate)
            .Select(index => (index, EjectionCause.SuccessRate));
    }

    private static IEnumerable<(int Index, EjectionCause Cause)> ByFailures(EndpointCounts[] all, FailurePercentageModel model) =>
        Eligible(all, one => one.Requests, model.Enabled, model.RequestVolume, model.MinimumHosts)
            .Where(index => 1 - all[index].SuccessRate >= model.Threshold)
            .OrderBy(index => all[index].SuccessRate)
            .Select(index => (index, EjectionCause.FailurePercentage));

    private static IEnumerable<(int Index, EjectionCause Cause)> ByLatency(EndpointCounts[] all, LatencyModel model)
    {
        var eligible = Eligible(all, one => one.Answers, model.Enabled, model.RequestVolume, model.MinimumHosts);
        if (eligible.Length == 0)
        {
            return [];
        }

        var means = eligible.Select(index => all[index].Mean).Order().ToArray();
        var median = (means[(means.Length - 1) / 2] + means[means.Length / 2]) / 2;
        return eligible
            .Where(index => all[index].Mean > median * model.Factor && all[index].Mean >= model.AtLeast)
            .OrderByDescending(index => all[index].Mean)
            .Select(index => (index, EjectionCause.Latency));
    }

    // Instances with enough requests; none if too few instances have enough.
    private static int[] Eligible(EndpointCounts[] all, Func<EndpointCounts, long> volume, bool enabled, int least, int hosts)
    {
        var eligible = enabled ? Enumerable.Range(0, all.Length).Where(index => volume(all[index]) >= least).ToArray() : [];
        return eligible.Length >= hosts ? eligible : [];
    }
}
