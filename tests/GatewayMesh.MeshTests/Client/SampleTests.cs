using System.Diagnostics;
using System.Text;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Client;

/// <summary>The sample under samples/client, run as its README describes, with a mesh whose worker is killed meanwhile.</summary>
public sealed class SampleTests : MeshTest
{
    [Test]
    public async Task Client_sample_loses_nothing_when_the_worker_is_killed()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(PublishedFile.Root, "samples", "client", "bin", configuration, "net10.0", "GatewayMesh.Client.Sample.dll"),
                "http://payments/",
                "5"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["GATEWAYMESH_OUTBOUND"] = hosts.Outbound.ToString();
        start.Environment["GATEWAYMESH_SERVICE"] = "web";
        start.Environment["GATEWAYMESH_RUN_DIR"] = Path.Combine(Mesh.Folder, hosts.HostA.Name, "run");
        var output = new StringBuilder();
        using var sample = new Process { StartInfo = start };
        sample.OutputDataReceived += (_, line) => output.AppendLine(line.Data);
        sample.Start();
        sample.BeginOutputReadLine();
        await Eventually.Until("the sample has called", () => hosts.Payments.Executions > 100);

        ProcessTable.Signal((await hosts.HostA.StatusAsync()).Worker, ProcessTable.Kill);

        await sample.WaitForExitAsync();
        Assert.That(sample.ExitCode, Is.Zero, output.ToString());
        Assert.That(output.ToString(), Does.Contain("answered 500, failed 0"));
    }
}
