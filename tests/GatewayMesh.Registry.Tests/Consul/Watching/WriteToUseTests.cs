using System.Diagnostics;
using System.Globalization;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Consul.Watching;

namespace GatewayMesh.Registry.Tests.Consul.Watching;

/// <summary>
/// Measures the time from a write in Consul to its use in the snapshot. Run by name; docs/performance.md has the results.
/// </summary>
public sealed class WriteToUseTests
{
    private const int Rounds = 101;

    [Test]
    [Explicit("a measurement: dotnet test tests/GatewayMesh.Registry.Tests -c Release --filter Name~A_written_entry_is_soon_in_use")]
    public async Task A_written_entry_is_soon_in_use()
    {
        await using var agent = await ConsulAgent.StartAsync();
        using var folder = new TemporaryFolder();
        await using var mesh = ConsulMesh.Open(agent.Registry, ["web"], new WatchTimes(), folder["data"]);
        await ConsulMesh.RegisterAsync(agent, "web", 2001);
        await mesh.EndpointsAreAsync("web", "web-1@127.0.0.1:2001");

        await PrintAsync(
            "instance registered",
            mesh,
            round => ConsulMesh.RegisterAsync(agent, "web", 3000 + round),
            (web, round) => web.Endpoints[0].Address.Port == 3000 + round);
        await PrintAsync(
            "instance critical or passing",
            mesh,
            round => agent.PutAsync($"/v1/agent/check/{(round % 2 == 0 ? "fail" : "pass")}/web-1-live"),
            (web, round) => web.Endpoints[0].Healthy == (round % 2 != 0));
        await PrintAsync(
            "service-defaults written",
            mesh,
            round => agent.WriteEntryAsync(
                $$"""{"Kind":"service-defaults","Name":"web","Protocol":"{{(round % 2 == 0 ? "grpc" : "http")}}"}"""),
            (web, round) => web.Protocol == (round % 2 == 0 ? "grpc" : "http"));
        await agent.WriteEntryAsync("""{"Kind":"service-defaults","Name":"web","Protocol":"http"}""");
        await PrintAsync(
            "service-router written",
            mesh,
            round => agent.WriteEntryAsync(
                $$$$"""{"Kind":"service-router","Name":"web","Routes":[{"Match":{"HTTP":{"PathPrefix":"/{{{{round}}}}"}}}]}"""),
            (web, round) => web.Routes is RouterNode { Rules: [{ Match.Path.Value: var path }, ..] } && path == $"/{round}");
        await PrintAsync(
            "service-policy written",
            mesh,
            round => agent.PutAsync(
                "/v1/kv/gatewaymesh/service-policy/web",
                string.Create(CultureInfo.InvariantCulture, $"timeouts: {{ request: {round + 20}s }}")),
            (web, round) => web.Policy.Timeouts.Request.TotalSeconds == round + 20);
    }

    // From before the write until the snapshot is passed to its consumers.
    private static async Task PrintAsync(string what, ConsulMesh mesh, Func<int, Task> write, Func<ServiceModel, int, bool> shows)
    {
        var times = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var used = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            mesh.Live.Changed += Take;
            var began = Stopwatch.GetTimestamp();
            await write(round);
            times.Add(Stopwatch.GetElapsedTime(began, await used.Task.WaitAsync(TimeSpan.FromSeconds(60))).TotalMilliseconds);
            mesh.Live.Changed -= Take;

            void Take(MeshSnapshot snapshot) => _ = shows(snapshot.Services["web"], round) && used.TrySetResult(Stopwatch.GetTimestamp());
        }

        times.Sort();
        await TestContext.Out.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: median {times[Rounds / 2]:0.0} ms, p90 {times[Rounds * 9 / 10]:0.0} ms, longest {times[^1]:0.0} ms of {Rounds}"));
    }
}
