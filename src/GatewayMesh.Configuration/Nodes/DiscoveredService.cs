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
}
