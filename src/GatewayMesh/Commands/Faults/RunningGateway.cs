using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Commands.Faults;

/// <summary>A gateway that can be killed from here.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Admin">Its admin address.</param>
/// <param name="Pid">Its process now.</param>
internal sealed record RunningGateway(string Node, HostPort Admin, int Pid)
{
    /// <summary>The running gateways, the one that the guard would take first before the others.</summary>
    public static IReadOnlyList<RunningGateway> Of(IMeshAccess mesh)
    {
        var status = mesh.Read();
        var order = status?.Gateways.Select(gateway => gateway.Node).ToList() ?? [];
        return
        [
            .. Addresses(mesh)
                .Select(gateway => Now(mesh, gateway.Node, gateway.Admin))
                .OfType<RunningGateway>()
                .OrderBy(gateway => order.IndexOf(gateway.Node) is >= 0 and var index ? index : int.MaxValue),
        ];
    }

    /// <summary>All gateways of the mesh by their admin addresses, running or not.</summary>
    public static IReadOnlyList<(string Node, HostPort Admin)> Addresses(IMeshAccess mesh) =>
        [.. (mesh.Read()?.Nodes ?? []).Where(peer => peer.Role == "gateway" && peer.Admin is not null).Select(peer => (peer.Node, peer.Admin!))];

    /// <summary>A gateway as its own admin address tells: the registry's word is seconds old. Null when it does not answer.</summary>
    public static RunningGateway? Now(IMeshAccess mesh, string node, HostPort admin) =>
        mesh.Read(admin) is { Role: "gateway" } status && status.Pids.TryGetValue("process", out var pid) && pid > 0 ? new RunningGateway(node, admin, pid) : null;
}
