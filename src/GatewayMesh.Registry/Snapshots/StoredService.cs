using System.Collections.Immutable;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Snapshots;

/// <summary>A service of the catalogue in the store.</summary>
internal sealed record StoredService(string Name, ImmutableArray<DiscoveredInstance> Instances);
