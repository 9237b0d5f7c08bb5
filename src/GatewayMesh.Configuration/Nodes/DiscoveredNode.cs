namespace GatewayMesh.Configuration.Nodes;

/// <summary>A node's record with its liveness as seen by the reader.</summary>
/// <param name="Record">Record written by the node.</param>
/// <param name="Alive">True if the node still updates its record. Otherwise the node is unhealthy, not deleted.</param>
public sealed record DiscoveredNode(NodeRecord Record, bool Alive)
{
    /// <summary>Time of the last update, as a timestamp of the reader's <see cref="TimeProvider"/>; null: known only from disk.</summary>
    public long? HeardAt { get; init; }
}
