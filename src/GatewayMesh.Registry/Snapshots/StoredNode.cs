using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Snapshots;

/// <summary>A node with what was last known of its life.</summary>
internal sealed record StoredNode(NodeRecord Record, bool Alive);
