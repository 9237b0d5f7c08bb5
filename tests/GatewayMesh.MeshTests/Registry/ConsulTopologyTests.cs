using System.Diagnostics;
using System.Net;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Registry;

/// <summary>topology/consul unchanged, with its own ports.</summary>
[NonParallelizable]
public sealed class ConsulTopologyTests
{
    private static readonly string Folder = Path.Combine(PublishedFile.Root, "topology", "consul");

    [Test]
    [CancelAfter(240_000)]
    public async Task Consul_example_serves_and_leaves_nothing_behind()
    {
        _ = ConsulBinary.Path;
        var mark = Guid.NewGuid().ToString("N");
        var start = new ProcessStartInfo(Path.Combine(Folder, "run.sh"), [PublishedFile.Path])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["MESH_TEST"] = mark;
        using var run = Process.Start(start)!;
        var (errors, output) = (run.StandardError.ReadToEndAsync(), run.StandardOutput.ReadToEndAsync());
        try
        {
            using var client = new HttpClient();
            await UntilAnsweredAsync(client, "http://127.0.0.1:16001/", "payments", run);
            await UntilAnsweredAsync(client, "http://127.0.0.1:16301/", "pay.example", run);
            Assert.That(
                await client.GetStringAsync(new Uri("http://127.0.0.1:16500/v1/catalog/services")),
                Does.Contain("payments-sidecar-proxy").And.Contain("gatewaymesh-ingress"));
        }
        finally
        {
            ProcessTable.Signal(run.Id, ProcessTable.Terminate);
            await run.WaitForExitAsync();
        }

        Assert.That(await errors, Is.Empty);
        Assert.That(await output, Does.Contain("five nodes are starting"));
        Assert.That(ProcessTable.WithEnvironment($"MESH_TEST={mark}").Select(ProcessTable.CommandLine), Is.Empty);
        Directory.Delete(Path.Combine(Folder, "data"), recursive: true);
    }

    private static Task UntilAnsweredAsync(HttpClient client, string address, string host, Process run) =>
        Eventually.Until($"{host} answers at {address}", async () =>
    {
        Assert.That(run.HasExited, Is.False, "run.sh has ended");
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Host = host;
        try
        {
            using var answer = await client.SendAsync(request);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    });
}
