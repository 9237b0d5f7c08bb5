namespace GatewayMesh.Proxy;

/// <summary>What a data plane is doing.</summary>
/// <param name="Connections">Open downstream connections, the probe's included.</param>
/// <param name="InFlight">Requests begun and not ended, the probe's not counted.</param>
/// <param name="Total">Requests since the start, the probe's not counted.</param>
/// <param name="Rate">Requests a second, smoothed over about ten seconds.</param>
public readonly record struct DataPlaneFigures(int Connections, int InFlight, long Total, double Rate);
