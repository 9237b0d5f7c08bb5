using System.Globalization;
using System.Text.RegularExpressions;

namespace GatewayMesh.Scenarios;

/// <summary>Runs a scenario: its instances, a sidecar with its files, the load.</summary>
/// <param name="Topology">The folder <c>topology</c>.</param>
/// <param name="Binary">The published file.</param>
/// <param name="PortBase">The files say ports from 16100 to 16199; they become ports from here.</param>
/// <param name="Seconds">Length of each phase.</param>
internal sealed partial record Stage(string Topology, string Binary, int PortBase, int Seconds)
{
    /// <summary>Tells of each phase when it is over.</summary>
    public async IAsyncEnumerable<(Phase Phase, Figures Figures)> RunAsync(Scenario scenario)
    {
        var folder = Directory.CreateTempSubdirectory("gatewaymesh-scenario-").FullName;
        var instances = new List<Instance>();
        try
        {
            foreach (var (name, port, behaviour) in scenario.Instances)
            {
                instances.Add(await Instance.StartAsync(name, PortBase + port, behaviour));
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

    private string Placed(string file) => Ports().Replace(File.ReadAllText(file), port => (PortBase + int.Parse(port.Groups[1].Value, CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture));

    [GeneratedRegex(@"\b161(\d\d)\b")]
    private static partial Regex Ports();
}
