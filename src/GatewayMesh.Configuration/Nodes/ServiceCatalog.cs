using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>
/// A registry's own catalog of services and gateways. A registry without a catalog (files) uses the nodes' records instead.
/// </summary>
/// <param name="Services">Services, by unique name.</param>
/// <param name="Gateways">Gateways.</param>
public sealed record ServiceCatalog(ImmutableArray<DiscoveredService> Services, ImmutableArray<DiscoveredGateway> Gateways)
{
    /// <summary>Route targets other than whole local services: subsets, and services of other datacenters. Default: none.</summary>
    public ImmutableArray<DiscoveredTarget> Targets { get; init; } = [];

    /// <summary>
    /// Namespace of this node, in which short names are looked up. Null if the registry's services have plain names (<see
    /// cref="DiscoveredService.Frontend"/>). Default: null.
    /// </summary>
    public string? Namespace { get; init; }
}
