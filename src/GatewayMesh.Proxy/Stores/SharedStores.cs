using System.Diagnostics.Metrics;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Proxy.Telemetry;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Stores;

/// <summary>The stores that nodes share: one for rate limits, one for idempotency keys. Each may be without a server.</summary>
internal sealed class SharedStores : IAsyncDisposable
{
    /// <summary>Creates the stores, and starts to connect.</summary>
    /// <param name="options">Servers, waits, clock, and name of this node.</param>
    /// <param name="log">Receives the events of the stores.</param>
    /// <param name="metrics">Gets a gauge of the stores in use.</param>
    public SharedStores(DataPlaneOptions options, ILogger log, MeshMetrics metrics)
    {
        var events = new StoreEvents(log);
        RateLimits = new RedisStore("rateLimits", options.Node, options.RatePace, events, options.Time);
        Keys = new RedisStore("idempotency", options.Node, options.KeyPace, events, options.Time);
        Use(options.Stores);
        metrics.AddGauges(
            "gatewaymesh_store_up",
            "1 while a shared store is used.",
            () => Views.Select(view => new Measurement<double>(
                view.State == StoreState.Up ? 1 : 0, new KeyValuePair<string, object?>("store", view.Name))));
    }

    /// <summary>Store of rate limits over the mesh.</summary>
    public RedisStore RateLimits { get; }

    /// <summary>Store of idempotency keys.</summary>
    public RedisStore Keys { get; }

    /// <summary>Stores that have a server.</summary>
    public IReadOnlyList<StoreView> Views => [.. new[] { RateLimits, Keys }.Where(store => store.IsSet).Select(store => store.View)];

    /// <summary>Uses these servers from now on.</summary>
    public void Use(StoresSpec spec)
    {
        RateLimits.Use(spec.RateLimits);
        Keys.Use(spec.Idempotency);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await RateLimits.DisposeAsync().ConfigureAwait(false);
        await Keys.DisposeAsync().ConfigureAwait(false);
    }
}
