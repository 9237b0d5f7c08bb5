using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Limits;

/// <summary>Counts refusals by limits in <c>gatewaymesh_limit_refusals_total{service,limit,criticality}</c>.</summary>
internal sealed class Refusals(MeshMetrics metrics)
{
    /// <summary>Counts one refusal.</summary>
    public void Count(string service, LimitKind limit, Criticality criticality) =>
        metrics.CountLimitRefusal(service, LimitWord.Of(limit), CriticalityWord.Of(criticality));
}
