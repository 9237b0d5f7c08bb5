using System.Globalization;
using System.Text.RegularExpressions;

namespace GatewayMesh.Drills.Scenarios;

/// <summary>The files of a scenario under <c>topology</c>, with their ports moved. The files have ports from 16100 to 16199.</summary>
/// <param name="folder">The scenario's folder.</param>
/// <param name="portBase">Port in place of 16100.</param>
internal sealed partial class ScenarioFiles(string folder, int portBase)
{
    /// <summary>The sidecar's bootstrap file.</summary>
    public string Bootstrap => Placed("host-a.yaml");

    /// <summary>Bootstrap file of the callee's own sidecar, for scenarios that have one.</summary>
    public string CalleeBootstrap => Placed("host-b.yaml");

    /// <summary>Returns the bootstrap file of a further sidecar.</summary>
    public string BootstrapOf(string host) => Placed(host + ".yaml");

    /// <summary>The entries of all phases.</summary>
    public string Entries => Placed("entries.yaml");

    /// <summary>The entries of one phase.</summary>
    public string Phase(string entries) => Placed(Path.Combine("phases", entries + ".yaml"));

    /// <summary>
    /// Finds <c>topology</c>, which contains the scenario's folder, in one of <paramref name="starts"/> or a folder above; null when
    /// there is none.
    /// </summary>
    public static string? Find(string scenario, params ReadOnlySpan<string> starts)
    {
        foreach (var start in starts)
        {
            for (var folder = Path.GetFullPath(start); folder is not null; folder = Path.GetDirectoryName(folder))
            {
                if (Holds(Path.Combine(folder, "topology"), scenario))
                {
                    return Path.Combine(folder, "topology");
                }
            }
        }

        return null;
    }

    /// <summary>True if <paramref name="topology"/> has the files of <paramref name="scenario"/>.</summary>
    public static bool Holds(string topology, string scenario) => File.Exists(Path.Combine(topology, scenario, "host-a.yaml"));

    private string Placed(string file) => Port().Replace(
        File.ReadAllText(Path.Combine(folder, file)),
        port => (portBase + int.Parse(port.Groups[1].Value, CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\b161(\d\d)\b")]
    private static partial Regex Port();
}
