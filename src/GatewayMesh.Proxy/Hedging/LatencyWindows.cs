using System.Collections.Concurrent;

namespace GatewayMesh.Proxy.Hedging;

/// <summary>The latencies of services whose policies hedge; they outlive reloads.</summary>
internal sealed class LatencyWindows
{
    private readonly ConcurrentDictionary<string, LatencyWindow> _services = new(StringComparer.Ordinal);

    /// <summary>Of one service.</summary>
    public LatencyWindow Of(string service) => _services.GetOrAdd(service, static _ => new LatencyWindow());

    /// <summary>Of one service, when there was a request to it; else null.</summary>
    public LatencyWindow? Find(string service) => _services.GetValueOrDefault(service);

    /// <summary>Forgets services that the mesh no longer has.</summary>
    public void Keep(Func<string, bool> known)
    {
        foreach (var service in _services.Keys.Where(service => !known(service)))
        {
            _services.TryRemove(service, out _);
        }
    }
}
