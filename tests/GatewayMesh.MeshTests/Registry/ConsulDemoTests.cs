using System.Globalization;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Registry;

/// <summary><c>gatewaymesh demo --registry consul</c>.</summary>
public sealed class ConsulDemoTests
{
    [Test]
    [CancelAfter(240_000)]
    public async Task Demo_starts_its_own_Consul_and_leaves_nothing_behind()
    {
        _ = ConsulBinary.Path;
        var mark = new Dictionary<string, string> { ["MESH_TEST"] = Guid.NewGuid().ToString("N") };

        // 600 consecutive ports, below the range of single test ports.
        using var demo = new MeshProcess(
            "demo", ["demo", "--registry", "consul", "--no-faults", "--json", "--duration", "5m", "--port-base", "18000"], mark);
        await Eventually.Until(
            "the demo is ready",
            () => demo.Output.Contains("\"event\":\"ready\"", StringComparison.Ordinal) || demo.HasExited,
            () => Task.FromResult(demo.Errors));
        Assert.That(demo.HasExited, Is.False, demo.Errors);
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri("http://127.0.0.1:18080/"));
        Assert.That((int)answer.StatusCode, Is.EqualTo(200), await answer.Content.ReadAsStringAsync());

        demo.Signal(ProcessTable.Terminate);
        Assert.That(await demo.ExitAsync(), Is.Zero, demo.Errors);
        Assert.That(demo.Output, Does.Contain("\"killedAtTheEnd\":0"));
        Assert.That(
            ProcessTable.WithEnvironment(
                string.Create(CultureInfo.InvariantCulture, $"MESH_TEST={mark["MESH_TEST"]}")).Select(ProcessTable.CommandLine),
            Is.Empty);
    }

    [Test]
    public async Task Demo_without_Consul_names_the_install_script()
    {
        var (code, _, errors) = await MeshProcess.RunAsync(
            new Dictionary<string, string> { ["PATH"] = "/nowhere" }, "demo", "--registry", "consul");
        Assert.That(
            (code, errors),
            Is.EqualTo(
                (
                    2,
                    "gatewaymesh: --registry consul: no consul on PATH; install it with ops/get-consul.sh, or remove the option to use a "
                        + "folder of files")));
    }
}
