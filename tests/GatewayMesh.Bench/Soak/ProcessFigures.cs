using System.Globalization;
using GatewayMesh.Bench.Peers;
using GatewayMesh.Bench.Processes;

namespace GatewayMesh.Bench.Soak;

/// <summary>Private memory and open descriptors of a process.</summary>
internal sealed record ProcessFigures(string Name, double Megabytes, int Descriptors)
{
    /// <summary>Reads the figures of guard and worker of each sidecar.</summary>
    public static IReadOnlyList<ProcessFigures> Of(Deployment pair) => [.. pair.Hops.SelectMany(OfHop)];

    /// <summary>The memory of all, as one line.</summary>
    public static string Line(IEnumerable<ProcessFigures> all) => string.Join(
        ", ", all.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Name} {one.Megabytes:0.0} MB {one.Descriptors} fd")));

    // The guard starts its worker.
    private static IEnumerable<ProcessFigures> OfHop(HopProcess hop) => hop.Pids.Take(2).Select((pid, i) => new ProcessFigures(
        $"{(i == 0 ? "guard" : "worker")} {hop.Name}",
        PrivateMemory.Of(pid),
        Directory.GetFiles($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/fd").Length));
}
