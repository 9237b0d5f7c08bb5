using System.Diagnostics.Metrics;
using GatewayMesh.Proxy.Stores;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>Metrics of the buckets of rate limits.</summary>
internal static class RateLimitGauges
{
    /// <summary>Adds the metrics to <paramref name="metrics"/>.</summary>
    public static void Add(MeshMetrics metrics, RateLimitRegistry registry, RedisStore? store)
    {
        metrics.AddGauge("gatewaymesh_rate_limit_keys", "Token buckets of this process.", () => registry.Room.Count);
        metrics.AddCounter(
            "gatewaymesh_rate_limit_evictions_total", "Token buckets that were given up for newer keys.", () => registry.Room.Evicted);
        if (store is not null)
        {
            metrics.AddGauges(
                "gatewaymesh_store_up",
                "1 while a shared store is used.",
                () => [new Measurement<double>(store.IsUp ? 1 : 0, new KeyValuePair<string, object?>("store", store.View.Name))]);
        }
    }
}
