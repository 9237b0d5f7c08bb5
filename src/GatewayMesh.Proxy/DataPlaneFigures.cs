namespace GatewayMesh.Proxy;

/// <summary>Activity of a data plane.</summary>
/// <param name="Connections">Open downstream connections, including the probe's.</param>
/// <param name="InFlight">Running requests, excluding the probe's.</param>
/// <param name="Total">Requests since the start, excluding the probe's.</param>
/// <param name="Rate">Requests per second, smoothed over about ten seconds.</param>
public readonly record struct DataPlaneFigures(int Connections, int InFlight, long Total, double Rate);
