using System.Collections.Immutable;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Snapshots;

/// <summary>A stored service of the catalog.</summary>
internal sealed record StoredService(string Name, ImmutableArray<DiscoveredInstance> Instances)
{
    public ServiceFrontend? Frontend { get; init; }
}
