using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>Where a gateway is reached.</summary>
/// <param name="Service">The name that it registers.</param>
/// <param name="Group">The group of services that it serves.</param>
/// <param name="Mesh">Its listener for mesh peers.</param>
/// <param name="Tunnel">Its listener for guards' tunnels.</param>
public sealed record NodeGateway(string Service, string Group, HostPort Mesh, HostPort Tunnel);
