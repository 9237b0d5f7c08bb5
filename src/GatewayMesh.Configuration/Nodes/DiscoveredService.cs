using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>A service in a registry's catalog.</summary>
/// <param name="Name">Name of the service.</param>
/// <param name="Instances">Instances as last seen; null if they are not watched yet.</param>
public sealed record DiscoveredService(string Name, ImmutableArray<DiscoveredInstance>? Instances)
{
    /// <summary>
    /// True if the instances are not watched now, but the registry would answer a query: worth a short wait at the first request. Default:
    /// false.
    /// </summary>
    public bool IsDormant { get; init; }

    /// <summary>Frontend of the service; null in a registry whose services have plain names. Default: null.</summary>
    public ServiceFrontend? Frontend { get; init; }

    /// <summary>The services that have a frontend, by name.</summary>
    internal static IEnumerable<DiscoveredService> WithFrontend(ImmutableArray<DiscoveredService> services) =>
        services.Where(service => service.Frontend is not null).OrderBy(service => service.Name, StringComparer.Ordinal);

    /// <summary>True if <paramref name="other"/> has the same content, so that a service read twice is no change.</summary>
    public bool IsSame(DiscoveredService other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Name == other.Name
            && IsDormant == other.IsDormant
            && Frontend == other.Frontend
            && Instances is null == other.Instances is null
            && (Instances ?? []).AsSpan().SequenceEqual((other.Instances ?? []).AsSpan());
    }
}
