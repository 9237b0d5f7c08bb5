using System.Globalization;
using System.Runtime.InteropServices;

namespace GatewayMesh.Bench.Runs;

/// <summary>The machine of a run.</summary>
internal static class Machine
{
    /// <summary>Cores, processor, kernel, and load, in one line.</summary>
    public static string Describe()
    {
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores of {processor?[(processor.IndexOf(':') + 1)..].Trim()}, {RuntimeInformation.OSDescription}, load {load}");
    }
}
