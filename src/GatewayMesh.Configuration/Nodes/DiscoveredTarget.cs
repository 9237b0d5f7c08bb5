using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>
/// Part of a service in a registry's catalog: a subset, filtered by the registry, or the service in another datacenter, or both.
/// </summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Subset">Name of the subset; empty for the whole service.</param>
/// <param name="Datacenter">Name of the other datacenter; empty for the local one.</param>
/// <param name="Instances">Instances as last seen; null if they are not watched yet.</param>
public sealed record DiscoveredTarget(string Service, string Subset, string Datacenter, ImmutableArray<DiscoveredInstance>? Instances)
{
    /// <summary>True if the instances are not watched now, but the registry would answer a query. Default: false.</summary>
    public bool IsDormant { get; init; }
}
