using System.Collections.Frozen;

namespace GatewayMesh.Proxy.Limits;

/// <summary>The limits behind one snapshot, by service, whose names have no case. Made by <see cref="LimitRegistry.Apply"/>; its members are live.</summary>
internal sealed class LimitTable(FrozenDictionary<string, ServiceLimits> services)
{
    /// <summary>A table without anything.</summary>
    public static LimitTable Empty { get; } = new(FrozenDictionary<string, ServiceLimits>.Empty);

    /// <summary>All of them.</summary>
    public IEnumerable<ServiceLimits> Services => services.Values;

    /// <summary>The limits of <paramref name="service"/>; null when the snapshot does not have it.</summary>
    public ServiceLimits? Find(string? service) => service is not null && services.TryGetValue(service, out var limits) ? limits : null;
}
