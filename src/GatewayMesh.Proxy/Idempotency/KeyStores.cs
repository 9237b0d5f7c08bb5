using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using GatewayMesh.Configuration.Policies.Idempotency;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Idempotency;

/// <summary>Stores of keys by service. A store is opened by the first request with a key, and lives as long as the process.</summary>
/// <param name="folder">Folder of the stores; null if this node has none.</param>
/// <param name="time">The clock.</param>
/// <param name="metrics">Metrics of the data plane.</param>
internal sealed class KeyStores(string? folder, TimeProvider time, MeshMetrics metrics) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<EmbeddedKeyStore>> _stores = new(StringComparer.Ordinal);

    /// <summary>Returns the store of a service of this host; null if the node has no folder.</summary>
    public IKeyStore? Of(string service, IdempotencyModel model)
    {
        if (folder is null)
        {
            return null;
        }

        var store = _stores.GetOrAdd(
            service,
            name => new(() => new EmbeddedKeyStore(
                Path.Combine(folder, NameOf(name)), model, time, count => Count(name, IdempotencyOutcome.Evicted, count)))).Value;
        store.Declare(model);
        return store;
    }

    /// <summary>Counts outcomes.</summary>
    public void Count(string service, IdempotencyOutcome outcome, int count = 1) => metrics.CountIdempotency(service, outcome, count);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var store in _stores.Values)
        {
            store.Value.Dispose();
        }
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
