using System.Globalization;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Drills.Demo.Screen;

/// <summary>The live table: one row per mesh process.</summary>
internal static class DemoTable
{
    /// <summary>Minimum terminal width for the process id column.</summary>
    private const int RoomForPids = 110;

    /// <summary>Formats <paramref name="nodes"/> as a table for a terminal of <paramref name="width"/> columns.</summary>
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
                Carried(status?.Guard?.Carried),
                .. hasPids ? (Cell[])[Pids(status)] : [],
                new Cell(last, TextStyle.Faint),
            ]);
        }

        return table;
    }

    private static Cell Tier(NodeStatus? status) => status switch
    {
        null => new Cell("down", TextStyle.Bad),
        { Role: "sidecar", Tier: "gateway" } => new Cell("gateway", TextStyle.Warn),
        { Tier: "none" } => new Cell("none", TextStyle.Bad),
        _ => new Cell(status.Tier.Length == 0 ? "up" : status.Tier, TextStyle.Good),
    };

    private static string Pids(NodeStatus? status) =>
        status is null ? "" : string.Join(" ", status.Pids.Where(pid => pid.Value > 0).Select(pid => $"{pid.Key} {pid.Value}"));

    // Open connections of all kinds.
    private static string Carried(CarriedStatus? carried) => carried is null ? "" : $"{carried.Open}/{carried.Total}";
}
