namespace GatewayMesh.Client;

/// <summary>Names for collecting this library's telemetry.</summary>
public static class GatewayMeshTelemetry
{
    /// <summary>
    /// Meter with <c>gatewaymesh_client_requests_total{tier,outcome}</c>, <c>gatewaymesh_client_failovers_total{from,to,reason}</c>,
    /// <c>gatewaymesh_client_replays_refused_total{reason}</c> and <c>gatewaymesh_client_breaker_state{address}</c> (0 closed, 1 open).
    /// </summary>
    public const string MeterName = "GatewayMesh.Client";

    /// <summary>
    /// Source of the activity <c>gatewaymesh.failover</c> around each attempt after a failed one, with the tags <c>from</c>, <c>to</c>,
    /// <c>reason</c> and <c>attempt</c>.
    /// </summary>
    public const string ActivitySourceName = "GatewayMesh.Client";
}
