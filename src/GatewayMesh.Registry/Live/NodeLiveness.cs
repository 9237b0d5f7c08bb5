using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Live;

/// <summary>A node as shown by <c>status</c>.</summary>
/// <param name="Record">The node's own record.</param>
/// <param name="Alive">True if the node still reports.</param>
/// <param name="Age">Time since the node last reported; null: known only from the disk.</param>
public sealed record NodeLiveness(NodeRecord Record, bool Alive, TimeSpan? Age);
