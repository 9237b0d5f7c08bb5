using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Drills.Faults;

/// <summary>A gateway process that can be killed from this host.</summary>
/// <param name="Node">Name of the node.</param>
/// <param name="Admin">Its admin address.</param>
/// <param name="Pid">Its current process id.</param>
internal sealed record RunningGateway(string Node, HostPort Admin, int Pid)
{
    /// <summary>The running gateways, the guard's first choice first.</summary>
    public static IReadOnlyList<RunningGateway> Of(IMeshAccess mesh)
    {
        var status = mesh.Read();
        var order = status?.Guard?.Gateways.Select(gateway => gateway.Node).ToList() ?? [];
        return
        [
            .. Addresses(mesh)
                .Select(gateway => Now(mesh, gateway.Node, gateway.Admin))
                .OfType<RunningGateway>()
                .OrderBy(gateway => order.IndexOf(gateway.Node) is >= 0 and var index ? index : int.MaxValue),
        ];
    }

    /// <summary>Admin addresses of all gateways of the mesh, running or not.</summary>
    public static IReadOnlyList<(string Node, HostPort Admin)> Addresses(IMeshAccess mesh) =>
        [
            .. (mesh.Read()?.Nodes ?? [])
                .Where(peer => peer.Role == "gateway")
                .Select(peer => (peer.Node, Admin: HostPort.TryParse(peer.Admin, out var admin) ? admin : null))
                .Where(peer => peer.Admin is not null)
                .Select(peer => (peer.Node, peer.Admin!))];

    /// <summary>
    /// Reads a gateway's current process from its own admin address, because the registry is seconds behind. Null when it is not
    /// responding.
    /// </summary>
    public static RunningGateway? Now(IMeshAccess mesh, string node, HostPort admin) =>
        mesh.Read(admin) is { Role: "gateway" } status && status.Pids.TryGetValue("process", out var pid) && pid > 0
            ? new RunningGateway(node, admin, pid)
            : null;
}
