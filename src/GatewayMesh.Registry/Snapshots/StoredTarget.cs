using System.Collections.Immutable;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Snapshots;

/// <summary>A stored subset or service of another datacenter.</summary>
internal sealed record StoredTarget(string Service, string Subset, string Datacenter, ImmutableArray<DiscoveredInstance> Instances);
