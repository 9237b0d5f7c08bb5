namespace GatewayMesh.Proxy.Admission;

/// <summary>Number of hosts that a gateway could serve: its measured capacity divided by the mean load of a host.</summary>
/// <param name="CpuPerRequest">Recent CPU time per request in this process.</param>
/// <param name="RequestsPerSecond">Requests per second that all cores could serve at that cost, minus the headroom.</param>
/// <param name="MeanHostRate">Mean requests per second of a host.</param>
/// <param name="Hosts">Number of hosts that the gateway could serve; null while either input is unknown.</param>
public readonly record struct CapacityEstimate(TimeSpan CpuPerRequest, double RequestsPerSecond, double MeanHostRate, int? Hosts)
{
    /// <summary>Share of the cores that counts as usable: 0.7. The rest is for bursts, garbage collections, and kernel work.</summary>
    public const double UsableShare = 0.7;

    /// <summary>Computes the estimate.</summary>
    /// <param name="cpuPerRequest">CPU time per request; zero if unknown.</param>
    /// <param name="cores">Cores available to the process.</param>
    /// <param name="hostRates">Requests per second of each host in the cluster (<c>NodeRecord.RequestRate</c> of the sidecars).</param>
    public static CapacityEstimate Of(TimeSpan cpuPerRequest, int cores, IEnumerable<double> hostRates)
    {
        var rates = hostRates.Where(rate => double.IsFinite(rate) && rate >= 0).ToList();
        var mean = rates.Count == 0 ? 0 : rates.Average();
        var capacity = cpuPerRequest <= TimeSpan.Zero ? 0 : cores * UsableShare / cpuPerRequest.TotalSeconds;
        return new CapacityEstimate(
            cpuPerRequest,
            capacity,
            mean,
            capacity > 0 && mean > 0 ? (int)Math.Min(int.MaxValue, Math.Floor((capacity / mean) + 1e-6)) : null);
    }
}
