using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Drills.Demo;

/// <summary>A mesh process of the demo.</summary>
/// <param name="Name">Name of the node.</param>
/// <param name="Role">Role of the node.</param>
/// <param name="AdminPort">Port of the admin address, on loopback.</param>
internal sealed record DemoNode(string Name, string Role, int AdminPort)
{
    /// <summary>The admin address.</summary>
    public HostPort Admin => new("127.0.0.1", AdminPort);
}
