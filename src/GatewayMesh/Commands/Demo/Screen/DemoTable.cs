using System.Globalization;
using GatewayMesh.Commands.Status;
using GatewayMesh.Commands.Terminal;

namespace GatewayMesh.Commands.Demo.Screen;

/// <summary>The live table: one row a process of the mesh.</summary>
internal static class DemoTable
{
    /// <summary>Columns from which on there is room for process ids.</summary>
    private const int RoomForPids = 110;

    /// <summary>The table of <paramref name="nodes"/>, for a terminal of <paramref name="width"/> columns.</summary>
    public static TextTable Of(IEnumerable<NodeView> nodes, int width = int.MaxValue)
    {
        var hasPids = width >= RoomForPids;
        var table = new TextTable(["NODE", "ROLE", "TIER", "LEASE", "REQ/S", "CARRIED", .. hasPids ? (string[])["PIDS"] : [], "LAST"]);
        foreach (var (node, status, last) in nodes)
        {
            table.Add(
            [
                node.Name,
                node.Role,
                Tier(status),
                status?.Lease?.State ?? "",
                (status?.Worker?.Rate ?? 0).ToString("0", CultureInfo.InvariantCulture),
                Carried(status?.Carried),
                .. hasPids ? (Cell[])[Pids(status)] : [],
                new Cell(last, Hue.Faint),
            ]);
        }

        return table;
    }

    private static Cell Tier(NodeStatus? status) => status switch
    {
        null => new Cell("down", Hue.Bad),
        { Role: "sidecar", Tier: "gateway" } => new Cell("gateway", Hue.Warn),
        { Tier: "none" } => new Cell("none", Hue.Bad),
        _ => new Cell(status.Tier.Length == 0 ? "up" : status.Tier, Hue.Good),
    };

    private static string Pids(NodeStatus? status) =>
        status is null ? "" : string.Join(" ", status.Pids.Where(pid => pid.Value > 0).Select(pid => $"{pid.Key} {pid.Value}"));

    // Open ones of all.
    private static string Carried(CarriedStatus? carried) => carried is null ? "" : $"{carried.Open}/{carried.Total}";
}
