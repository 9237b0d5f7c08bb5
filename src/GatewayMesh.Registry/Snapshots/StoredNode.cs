using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Snapshots;

/// <summary>A node with its last known liveness.</summary>
internal sealed record StoredNode(NodeRecord Record, bool Alive);
