namespace GatewayMesh.Commands.Demo;

/// <summary>A gateway of the demo.</summary>
/// <param name="Name">Its node.</param>
/// <param name="Admin">Port of its admin address.</param>
internal sealed record DemoGateway(string Name, int Admin)
{
    /// <summary>For mesh peers.</summary>
    public int Mesh => Admin + 1;

    /// <summary>For guards.</summary>
    public int Tunnel => Admin + 2;

    /// <summary>All its ports.</summary>
    public IEnumerable<int> Ports => [Admin, Mesh, Tunnel];
}
