using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>Metrics of the buckets of rate limits.</summary>
internal static class RateLimitGauges
{
    /// <summary>Adds the metrics to <paramref name="metrics"/>.</summary>
    public static void Add(MeshMetrics metrics, RateLimitRegistry registry)
    {
        metrics.AddGauge("gatewaymesh_rate_limit_keys", "Token buckets of this process.", () => registry.Room.Count);
        metrics.AddCounter(
            "gatewaymesh_rate_limit_evictions_total", "Token buckets that were given up for newer keys.", () => registry.Room.Evicted);
    }
}
