namespace GatewayMesh.Proxy.Admission;

/// <summary>What <c>/status</c> shows of admission, at one moment.</summary>
/// <param name="Max">Requests at one time, at most.</param>
/// <param name="InFlight">Requests at this moment.</param>
/// <param name="Hosts">Hosts that have one in flight.</param>
/// <param name="Admitted">Requests admitted since the start.</param>
/// <param name="RefusedFull">Requests refused since the start because nothing was free.</param>
/// <param name="RefusedShare">Requests refused since the start because what was free is kept for hosts below their share.</param>
public readonly record struct AdmissionCounts(int Max, int InFlight, int Hosts, long Admitted, long RefusedFull, long RefusedShare)
{
    /// <summary>Sheddable requests refused since the start because little was free.</summary>
    public long RefusedShed { get; init; }
}
