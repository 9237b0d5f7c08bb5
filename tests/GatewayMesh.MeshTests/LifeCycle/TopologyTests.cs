using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using GatewayMesh.MeshTests.Clients;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.LifeCycle;

/// <summary>The example meshes under topology/ are valid and run as they stand, but for their ports: those may be taken here.</summary>
public sealed partial class TopologyTests : MeshTest
{
    private readonly Dictionary<string, string> _ports = [];

    [TestCaseSource(nameof(Topologies))]
    public async Task Every_file_of_a_topology_is_valid(string name)
    {
        var (code, output, errors) = await MeshProcess.RunAsync(Mesh.Environment, "validate", Path.Combine(PublishedFile.Root, "topology", name));
        Assert.That(code, Is.Zero, output + errors);
    }

    [Test]
    public async Task Two_hosts_serve_by_every_way_that_the_files_name()
    {
        var payments = Mesh.AddBackend("payments");
        _ports["16121"] = payments.Port.ToString(CultureInfo.InvariantCulture);
        var folder = Path.Combine(PublishedFile.Root, "topology", "two-hosts");
        foreach (var file in new[] { "host-a.yaml", "host-b.yaml", "gateway-1.yaml", "gateway-2.yaml", "ingress.yaml", "registry/payments.yaml" })
        {
            await File.WriteAllTextAsync(Path.Combine(Mesh.Folder, file), Port().Replace(await File.ReadAllTextAsync(Path.Combine(folder, file)), match => Replaced(match.Value)));
        }

        foreach (var (node, admin) in new[] { ("host-a", "16000"), ("host-b", "16100"), ("gateway-1", "16150"), ("gateway-2", "16250"), ("ingress", "16300") })
        {
            Mesh.Adopt(node, At(admin)).Start();
        }

        foreach (var (port, host) in new[] { ("16001", "payments"), ("16002", "any.example"), ("16301", "pay.example") })
        {
            var last = "";
            await Eventually.Until($"payments answers on {port}", async () =>
            {
                using var connection = new PlainConnection(At(port), host);
                var outcome = await connection.GetAsync();
                last = connection.Answer;
                return outcome == Outcome.Ok && last.EndsWith("payments\n", StringComparison.Ordinal);
            }, () => Task.FromResult(last));
        }
    }

    private static IEnumerable<string> Topologies() => Directory.EnumerateDirectories(Path.Combine(PublishedFile.Root, "topology")).Select(Path.GetFileName)!;

    private IPEndPoint At(string port) => IPEndPoint.Parse("127.0.0.1:" + Replaced(port));

    private string Replaced(string port)
    {
        if (!_ports.TryGetValue(port, out var free))
        {
            _ports[port] = free = FreePorts.Next().ToString(CultureInfo.InvariantCulture);
        }

        return free;
    }

    [GeneratedRegex(@"\b16\d\d\d\b")]
    private static partial Regex Port();
}
