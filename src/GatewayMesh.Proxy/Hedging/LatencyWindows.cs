using System.Collections.Concurrent;

namespace GatewayMesh.Proxy.Hedging;

/// <summary>Latency windows of services whose policies hedge. The windows outlive reloads.</summary>
internal sealed class LatencyWindows
{
    private readonly ConcurrentDictionary<string, LatencyWindow> _services = new(StringComparer.Ordinal);

    /// <summary>Returns the window of a service.</summary>
    public LatencyWindow Of(string service) => _services.GetOrAdd(service, static _ => new LatencyWindow());

    /// <summary>Returns the window of a service that has received a request; otherwise null.</summary>
    public LatencyWindow? Find(string service) => _services.GetValueOrDefault(service);

    /// <summary>Forgets services that are no longer in the mesh.</summary>
    public void Keep(Func<string, bool> known)
    {
        foreach (var service in _services.Keys.Where(service => !known(service)))
        {
            _services.TryRemove(service, out _);
        }
    }
}
