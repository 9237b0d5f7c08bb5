namespace GatewayMesh.Commands.Demo;

/// <summary>A host of the demo: one sidecar and an instance of each service.</summary>
/// <param name="Name">Its node.</param>
/// <param name="PortBase">Its admin port, below its other ones.</param>
internal sealed record DemoHost(string Name, int PortBase)
{
    /// <summary>Port of its admin address.</summary>
    public int Admin => PortBase;

    /// <summary>All its ports.</summary>
    public IEnumerable<int> Ports =>
        [Admin, .. DemoPlan.Services.SelectMany(service => (int[])[Outbound(service), Inbound(service), Application(service)])];

    /// <summary>A service's way out.</summary>
    public int Outbound(string service) => PortBase + 1 + DemoPlan.Services.IndexOf(service);

    /// <summary>Others' way in.</summary>
    public int Inbound(string service) => PortBase + 11 + DemoPlan.Services.IndexOf(service);

    /// <summary>The application itself.</summary>
    public int Application(string service) => PortBase + 21 + DemoPlan.Services.IndexOf(service);
}
