namespace GatewayMesh.Proxy.Admission;

/// <summary>How many hosts a gateway could carry: its measured capacity ÷ the mean load of a host.</summary>
/// <param name="CpuPerRequest">CPU time that one request costs this process, lately.</param>
/// <param name="RequestsPerSecond">What all cores could do at that cost, less the headroom.</param>
/// <param name="MeanHostRate">Mean requests a second of a host.</param>
/// <param name="Hosts">Hosts that could be carried; null while one of the two is not known yet.</param>
public readonly record struct CapacityEstimate(TimeSpan CpuPerRequest, double RequestsPerSecond, double MeanHostRate, int? Hosts)
{
    /// <summary>Share of the cores that is counted on: the rest is for bursts, collections and the kernel's own work. 0.7.</summary>
    public const double UsableShare = 0.7;

    /// <summary>The estimate.</summary>
    /// <param name="cpuPerRequest">CPU time of a request; zero while unknown.</param>
    /// <param name="cores">Cores that the process may use.</param>
    /// <param name="hostRates">Requests a second of each host of the cluster (<c>NodeRecord.RequestRate</c> of the sidecars).</param>
    public static CapacityEstimate Of(TimeSpan cpuPerRequest, int cores, IEnumerable<double> hostRates)
    {
        var rates = hostRates.Where(rate => double.IsFinite(rate) && rate >= 0).ToList();
        var mean = rates.Count == 0 ? 0 : rates.Average();
        var capacity = cpuPerRequest <= TimeSpan.Zero ? 0 : cores * UsableShare / cpuPerRequest.TotalSeconds;
        return new CapacityEstimate(cpuPerRequest, capacity, mean, capacity > 0 && mean > 0 ? (int)Math.Min(int.MaxValue, Math.Floor((capacity / mean) + 1e-6)) : null);
    }
}
