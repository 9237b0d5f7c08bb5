namespace GatewayMesh.Configuration.Nodes;

/// <summary>A node's record with what the reader knows of its life.</summary>
/// <param name="Record">What the node says of itself.</param>
/// <param name="Alive">Whether it still speaks. One that does not is unhealthy, not deleted.</param>
public sealed record DiscoveredNode(NodeRecord Record, bool Alive)
{
    /// <summary>When it was last heard, as a timestamp of the reader's own <see cref="TimeProvider"/>; null: only from the disk.</summary>
    public long? HeardAt { get; init; }
}
