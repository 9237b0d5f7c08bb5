namespace GatewayMesh.Proxy.Admission;

/// <summary>Admission counters shown by <c>/status</c>, as of one moment.</summary>
/// <param name="Max">Maximum number of concurrent requests.</param>
/// <param name="InFlight">Requests in flight.</param>
/// <param name="Hosts">Number of hosts with a request in flight.</param>
/// <param name="Admitted">Requests admitted since the start.</param>
/// <param name="RefusedFull">Requests refused since the start because no permit was free.</param>
/// <param name="RefusedShare">Requests refused since the start because the free permits are reserved for hosts below their share.</param>
public readonly record struct AdmissionCounts(int Max, int InFlight, int Hosts, long Admitted, long RefusedFull, long RefusedShare)
{
    /// <summary>Sheddable requests refused since the start because few permits were free.</summary>
    public long RefusedShed { get; init; }
}
