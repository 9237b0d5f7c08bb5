using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>Addresses of a gateway.</summary>
/// <param name="Service">Service name under which the gateway registers.</param>
/// <param name="Group">Group of services that the gateway serves.</param>
/// <param name="Mesh">Listener for mesh peers.</param>
/// <param name="Tunnel">Listener for guards' tunnels.</param>
public sealed record NodeGateway(string Service, string Group, HostPort Mesh, HostPort Tunnel);
