namespace GatewayMesh.Drills.Demo;

/// <summary>A gateway of the demo.</summary>
/// <param name="Name">Name of the node.</param>
/// <param name="Admin">Port of the admin address.</param>
internal sealed record DemoGateway(string Name, int Admin)
{
    /// <summary>Port for mesh peers.</summary>
    public int Mesh => Admin + 1;

    /// <summary>Port for guards.</summary>
    public int Tunnel => Admin + 2;

    /// <summary>All ports of the node.</summary>
    public IEnumerable<int> Ports => [Admin, Mesh, Tunnel];
}
