using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Commands.Demo;

/// <summary>A process of the demo's mesh.</summary>
/// <param name="Name">Its node.</param>
/// <param name="Role">Its role.</param>
/// <param name="AdminPort">Port of its admin address, on loopback.</param>
internal sealed record DemoNode(string Name, string Role, int AdminPort)
{
    /// <summary>Its admin address.</summary>
    public HostPort Admin => new("127.0.0.1", AdminPort);
}
