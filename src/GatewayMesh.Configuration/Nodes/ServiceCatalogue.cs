using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>What a registry itself says of services and gateways. One that has none (files) is told by the nodes instead.</summary>
/// <param name="Services">The services, each name once.</param>
/// <param name="Gateways">The gateways.</param>
public sealed record ServiceCatalogue(ImmutableArray<DiscoveredService> Services, ImmutableArray<DiscoveredGateway> Gateways)
{
    /// <summary>What routes lead to beside the services themselves: subsets, and services of other datacenters. Default: none.</summary>
    public ImmutableArray<DiscoveredTarget> Targets { get; init; } = [];
}
