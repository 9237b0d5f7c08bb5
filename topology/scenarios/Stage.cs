using System.Globalization;
using System.Text.RegularExpressions;

namespace GatewayMesh.Scenarios;

/// <summary>Runs a scenario: its instances, its sidecar and its load.</summary>
/// <param name="Topology">The folder <c>topology</c>.</param>
/// <param name="Binary">The published binary.</param>
/// <param name="PortBase">The first port. The files contain ports from 16100 to 16199, which are moved to this base.</param>
/// <param name="Seconds">Length of each phase.</param>
internal sealed partial record Stage(string Topology, string Binary, int PortBase, int Seconds)
{
    /// <summary>Runs the phases and returns the results of each phase when it ends.</summary>
    public async IAsyncEnumerable<(Phase Phase, Figures Figures)> RunAsync(Scenario scenario)
    {
        var folder = Directory.CreateTempSubdirectory("gatewaymesh-scenario-").FullName;
        var instances = new List<Instance>();
        try
        {
            foreach (var (name, port, behavior) in scenario.Instances)
            {
                instances.Add(await Instance.StartAsync(name, PortBase + port, behavior));
            }

            var registry = Directory.CreateDirectory(Path.Combine(folder, "registry")).FullName;
            var files = Path.Combine(Topology, scenario.Name);
            var config = Path.Combine(folder, "host-a.yaml");
            await File.WriteAllTextAsync(config, Placed(Path.Combine(files, "host-a.yaml")));
            await File.WriteAllTextAsync(Path.Combine(registry, "entries.yaml"), Placed(Path.Combine(files, "entries.yaml")));
            using var sidecar = new Sidecar(Binary, config, registry, PortBase);
            using var load = new OpenLoop(PortBase + 1, "payments");
            await sidecar.ReadyAsync();
            foreach (var phase in scenario.Phases)
            {
                await sidecar.UseAsync(Placed(Path.Combine(files, "phases", phase.Entries + ".yaml")));
                yield return (phase, await load.RunAsync(scenario.Rate, TimeSpan.FromSeconds(Seconds), instances));
                await Task.WhenAll(instances.Select(instance => instance.IdleAsync()));
            }
        }
        finally
        {
            foreach (var instance in instances)
            {
                await instance.DisposeAsync();
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    private string Placed(string file) =>
        Ports().Replace(
            File.ReadAllText(file),
            port => (PortBase + int.Parse(port.Groups[1].Value, CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\b161(\d\d)\b")]
    private static partial Regex Ports();
}
