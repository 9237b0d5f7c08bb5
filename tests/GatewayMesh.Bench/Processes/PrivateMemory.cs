using System.Globalization;

namespace GatewayMesh.Bench.Processes;

/// <summary>Private memory of a process: <c>RssAnon</c> of <c>/proc/PID/status</c>.</summary>
internal static class PrivateMemory
{
    private const string Field = "RssAnon:";

    /// <summary>Private memory in megabytes (1,000,000 bytes).</summary>
    public static double Of(int pid) => Parse(File.ReadAllLines($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/status"));

    /// <summary>Reads the lines of <c>/proc/PID/status</c>; 0 without the field.</summary>
    public static double Parse(IEnumerable<string> lines) =>
        lines.FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal)) is { } found
            ? long.Parse(found[Field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) * 1024 / 1e6
            : 0;
}
