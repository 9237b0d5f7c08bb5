namespace GatewayMesh.Drills.Demo;

/// <summary>A host of the demo: one sidecar and an instance of each service.</summary>
/// <param name="Name">Name of the node.</param>
/// <param name="PortBase">Admin port, the lowest port of the host.</param>
internal sealed record DemoHost(string Name, int PortBase)
{
    /// <summary>Port of the admin address.</summary>
    public int Admin => PortBase;

    /// <summary>All ports of the host.</summary>
    public IEnumerable<int> Ports =>
        [Admin, .. DemoPlan.Services.SelectMany(service => (int[])[Outbound(service), Inbound(service), Application(service)])];

    /// <summary>Outbound port of a service.</summary>
    public int Outbound(string service) => PortBase + 1 + DemoPlan.Services.IndexOf(service);

    /// <summary>Inbound port of a service.</summary>
    public int Inbound(string service) => PortBase + 11 + DemoPlan.Services.IndexOf(service);

    /// <summary>Port of the application.</summary>
    public int Application(string service) => PortBase + 21 + DemoPlan.Services.IndexOf(service);
}
