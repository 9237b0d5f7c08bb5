using System.Globalization;
using System.Text.Json;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Protocols;

/// <summary>
/// Calls canceled by their client, most of them with the request side open, next to another client of the same sidecar that must not be
/// affected.
/// The variables MESH_TESTS_CANCELS and MESH_TESTS_CANCEL_RATE ask for more than the 400 calls at 50 per second.
/// </summary>
internal sealed class CancelledCallTests : MeshTest
{
    private const int ThreadsMayGrow = 12; // a pool varies; a thread leaked by each call would be hundreds
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly int Count = Number("MESH_TESTS_CANCELS", 400);
    private static readonly int Rate = Number("MESH_TESTS_CANCEL_RATE", 50);

    [TestCase("cancels.js")]
    [TestCase("resets.js")]
    public async Task Cancelled_calls_cost_no_worker_no_thread_and_no_call_of_another_client(string client)
    {
        using var applications = await Applications.StartAsync();
        var hosts = await TwoHosts.StartAsync(
            Mesh, $"- name: calls\n  port: {applications.Calls}\n  protocol: grpc\n  inbound: {FreePorts.Loopback()}\n");
        using var witness = new GrpcLoad(hosts.Outbound, "calls");
        await witness.UntilServedAsync(100);
        MeshNode[] nodes = [hosts.HostA, hosts.HostB];
        var before = await Task.WhenAll(nodes.Select(node => node.StatusAsync()));
        var threads = before.Select(status => Threads(status.Worker)).ToArray();
        var most = (int[])threads.Clone();

        using var cancels = NodeScript.Run(client, hosts.Outbound.ToString(), "calls", $"{Count}", $"{Rate}");
        var reading = cancels.ReadLineAsync();
        while (await Task.WhenAny(reading, Task.Delay(Look)) != reading)
        {
            most = [.. most.Zip(before, (so, status) => Math.Max(so, Threads(status.Worker)))];
        }

        var line = await reading ?? await cancels.ErrorsAsync();
        await witness.UntilServedAsync(100);
        var (failed, report) = await witness.StopAsync();
        var after = await Task.WhenAll(nodes.Select(node => node.StatusAsync()));
        await TestContext.Out.WriteLineAsync($"{line}; threads {string.Join(", ", threads)} before and {string.Join(", ", most)} at most");

        Assert.That(
            after.Select(status => (status.Kills, status.Worker)),
            Is.EqualTo(before.Select(status => (status.Kills, status.Worker))),
            "the workers are those of before");
        Assert.That(failed, Is.Zero, report);
        Assert.That(JsonDocument.Parse(line).RootElement.GetProperty("cancelled").GetInt32(), Is.EqualTo(Count), line);
        Assert.That(most.Zip(threads, (so, first) => so - first), Is.All.LessThanOrEqualTo(ThreadsMayGrow));
    }

    private static int Threads(int pid) => Directory.Exists($"/proc/{pid}/task") ? Directory.GetDirectories($"/proc/{pid}/task").Length : 0;

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;
}
