using System.Collections.Immutable;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Snapshots;

/// <summary>A subset, or a service of another datacenter, in the store.</summary>
internal sealed record StoredTarget(string Service, string Subset, string Datacenter, ImmutableArray<DiscoveredInstance> Instances);
