using System.Collections.Frozen;

namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>Rate limits of one snapshot by service name, ignoring case. Only services that have some are in it.</summary>
internal sealed class RateLimitTable(FrozenDictionary<string, ServiceRateLimits> services)
{
    /// <summary>A table without limits.</summary>
    public static RateLimitTable Empty { get; } = new(FrozenDictionary<string, ServiceRateLimits>.Empty);

    /// <summary>Services with rate limits.</summary>
    public IEnumerable<ServiceRateLimits> Services => services.Values;

    /// <summary>Returns the limits of <paramref name="service"/>; null if it has none.</summary>
    public ServiceRateLimits? Find(string? service) => service is not null && services.TryGetValue(service, out var limits) ? limits : null;
}
