namespace GatewayMesh.Configuration.Nodes;

/// <summary>A gateway in a registry's catalog.</summary>
/// <param name="Node">Node of the gateway.</param>
/// <param name="Gateway">Addresses of the gateway.</param>
/// <param name="Healthy">True if all checks pass.</param>
/// <param name="Zone">Zone of the gateway, or null.</param>
public sealed record DiscoveredGateway(string Node, NodeGateway Gateway, bool Healthy, string? Zone);
