using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry.Live;

/// <summary>A node as <c>status</c> shows it.</summary>
/// <param name="Record">What it says of itself.</param>
/// <param name="Alive">Whether it still speaks.</param>
/// <param name="Age">Time since it was last heard; null: only from the disk.</param>
public sealed record NodeLiveness(NodeRecord Record, bool Alive, TimeSpan? Age);
