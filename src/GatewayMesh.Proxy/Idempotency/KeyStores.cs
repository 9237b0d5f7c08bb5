using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using GatewayMesh.Configuration.Policies.Idempotency;
using GatewayMesh.Proxy.Idempotency.Redis;
using GatewayMesh.Proxy.Stores;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Idempotency;

/// <summary>
/// Stores of keys by service: on the disk of this node, or at the server that the nodes share. A store is opened by the first request with
/// a key, and lives as long as the process.
/// </summary>
/// <param name="folder">Folder of the stores on disk; null if this node has none.</param>
/// <param name="shared">The server; used if one is set.</param>
/// <param name="time">The clock.</param>
/// <param name="metrics">Metrics of the data plane.</param>
internal sealed class KeyStores(string? folder, RedisStore shared, TimeProvider time, MeshMetrics metrics) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<EmbeddedKeyStore>> _embedded = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<RedisKeyStore>> _shared = new(StringComparer.Ordinal);

    /// <summary>Returns the store of a service of this host; null if the node has neither server nor folder.</summary>
    public IKeyStore? Of(string service, IdempotencyModel model) =>
        shared.IsSet ? OfServer(service, model) : folder is null ? null : OfDisk(service, model, folder);

    /// <summary>Counts outcomes.</summary>
    public void Count(string service, IdempotencyOutcome outcome, int count = 1) => metrics.CountIdempotency(service, outcome, count);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var store in _shared.Values)
        {
            await store.Value.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var store in _embedded.Values)
        {
            store.Value.Dispose();
        }
    }

    private RedisKeyStore OfServer(string service, IdempotencyModel model)
    {
        var store = _shared.GetOrAdd(
            service,
            name => new(() => new RedisKeyStore(shared, name, model, time, count => Count(name, IdempotencyOutcome.Evicted, count)))).Value;
        store.Declare(model);
        return store;
    }

    private EmbeddedKeyStore OfDisk(string service, IdempotencyModel model, string root)
    {
        var store = _embedded.GetOrAdd(
            service,
            name => new(() => new EmbeddedKeyStore(
                Path.Combine(root, NameOf(name)), model, time, count => Count(name, IdempotencyOutcome.Evicted, count)))).Value;
        store.Declare(model);
        return store;
    }

    // A name of the registry must not lead out of the folder.
    private static string NameOf(string service)
    {
        var name = new StringBuilder();
        foreach (var c in service)
        {
            _ = char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? name.Append(c) : name.Append(CultureInfo.InvariantCulture, $"%{(int)c:x4}");
        }

        return name.ToString();
    }
}
