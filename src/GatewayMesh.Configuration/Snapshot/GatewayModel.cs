using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>A gateway as sidecars and guards see it.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Group">The group of services that it serves.</param>
/// <param name="Mesh">Its listener for mesh peers.</param>
/// <param name="Tunnel">Its listener for guards' tunnels.</param>
/// <param name="Healthy">What the registry says of it.</param>
public sealed record GatewayModel(string Node, string Group, HostPort Mesh, HostPort Tunnel, bool Healthy)
{
    /// <summary>Its zone, or null.</summary>
    public string? Zone { get; init; }
}
