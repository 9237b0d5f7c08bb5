namespace GatewayMesh.Configuration.Nodes;

/// <summary>A gateway as a registry's catalogue has it.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Gateway">Where it is reached.</param>
/// <param name="Healthy">Whether every check passes.</param>
/// <param name="Zone">Its zone, or null.</param>
public sealed record DiscoveredGateway(string Node, NodeGateway Gateway, bool Healthy, string? Zone);
