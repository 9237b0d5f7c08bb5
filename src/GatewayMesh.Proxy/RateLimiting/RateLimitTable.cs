using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.RateLimiting;

namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>
/// Rate limits of one snapshot by service name, ignoring case. Only services that have some are in it. A service that is not in the
/// snapshot is added by its first request: a sidecar also serves its application while the application is not registered.
/// </summary>
/// <param name="services">Services of the snapshot.</param>
/// <param name="add">Adds the limits of another service to the current table.</param>
internal sealed class RateLimitTable(
    FrozenDictionary<string, ServiceRateLimits> services, Func<string, ImmutableArray<RateLimitModel>, ServiceRateLimits> add)
{
    private readonly ConcurrentDictionary<string, ServiceRateLimits> _unregistered = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A table without limits.</summary>
    public static RateLimitTable Empty { get; } =
        new(FrozenDictionary<string, ServiceRateLimits>.Empty, (_, _) => throw new InvalidOperationException("not in use"));

    /// <summary>Services with rate limits.</summary>
    public IEnumerable<ServiceRateLimits> Services => services.Values.Concat(_unregistered.Values);

    /// <summary>Services with rate limits that are not in the snapshot.</summary>
    public IEnumerable<ServiceRateLimits> Unregistered => _unregistered.Values;

    /// <summary>Returns the limits of <paramref name="service"/>; null if it has none.</summary>
    public ServiceRateLimits? Find(string? service) => service is null ? null
        : services.TryGetValue(service, out var limits) || _unregistered.TryGetValue(service, out limits) ? limits : null;

    /// <summary>Returns the limits of a service whose policy has <paramref name="models"/>.</summary>
    public ServiceRateLimits Of(string service, ImmutableArray<RateLimitModel> models) => Find(service) ?? add(service, models);

    /// <summary>Adds the limits of a service that is not in the snapshot.</summary>
    public void Add(ServiceRateLimits limits) => _unregistered[limits.Service] = limits;
}
