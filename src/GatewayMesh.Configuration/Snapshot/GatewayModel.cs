using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>A gateway as seen by sidecars and guards.</summary>
/// <param name="Node">Node of the gateway.</param>
/// <param name="Group">Group of services that the gateway serves.</param>
/// <param name="Mesh">Listener for mesh peers.</param>
/// <param name="Tunnel">Listener for guards' tunnels.</param>
/// <param name="Healthy">Health according to the registry.</param>
public sealed record GatewayModel(string Node, string Group, HostPort Mesh, HostPort Tunnel, bool Healthy)
{
    /// <summary>Zone of the gateway, or null.</summary>
    public string? Zone { get; init; }
}
