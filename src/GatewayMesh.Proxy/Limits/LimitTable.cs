using System.Collections.Frozen;

namespace GatewayMesh.Proxy.Limits;

/// <summary>
/// Limits of one snapshot by service name, ignoring case. Created by <see cref="LimitRegistry.Apply"/>; its members are live.
/// </summary>
internal sealed class LimitTable(FrozenDictionary<string, ServiceLimits> services)
{
    /// <summary>A table without services.</summary>
    public static LimitTable Empty { get; } = new(FrozenDictionary<string, ServiceLimits>.Empty);

    /// <summary>Limits of all services.</summary>
    public IEnumerable<ServiceLimits> Services => services.Values;

    /// <summary>Returns the limits of <paramref name="service"/>; null if the snapshot does not have the service.</summary>
    public ServiceLimits? Find(string? service) => service is not null && services.TryGetValue(service, out var limits) ? limits : null;
}
