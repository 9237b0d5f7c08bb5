using System.Diagnostics;
using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Consul;
using GatewayMesh.Registry.Live;
using GatewayMesh.Registry.Snapshots;

namespace GatewayMesh.Bench.Writes;

/// <summary>
/// A Consul agent and the live configuration of a sidecar with an upstream, and the time from a write there to its use here. A test of the
/// registry uses the same files.
/// </summary>
internal sealed class WriteToUse : IAsyncDisposable
{
    // Reached only if the write is never used.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly ConsulAgent _agent;
    private readonly ConsulRegistry _registry;
    private readonly LiveConfiguration _live;

    private WriteToUse(ConsulAgent agent)
    {
        _agent = agent;
        _registry = new ConsulRegistry(Bootstrap(agent), TimeProvider.System);
        _live = new LiveConfiguration(_registry, new SnapshotStore(_folder["data"]), TimeProvider.System);
    }

    /// <summary>Starts the agent with an instance of the service, and returns when the instance is in use.</summary>
    public static async Task<WriteToUse> StartAsync()
    {
        var run = new WriteToUse(await ConsulAgent.StartAsync());
        try
        {
            await run._agent.WriteEntryAsync(ConsulWrite.Defaults("http"));
            await run._agent.RegisterInstanceAsync("web", 2001);
            run._live.Start();
            await Eventually.Until(
                "the first instance is in use",
                () => run._live.Current.Services.TryGetValue("web", out var web) && web.Endpoints.Length == 1);
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>Measures the time from before a write until the snapshot is passed to its consumers.</summary>
    /// <returns>Milliseconds of each round, in order.</returns>
    /// <exception cref="TimeoutException">A write was not in use within a minute.</exception>
    public async Task<IReadOnlyList<double>> MeasureAsync(ConsulWrite write, int rounds, CancellationToken end)
    {
        var times = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var used = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            _live.Changed += Take;
            var began = Stopwatch.GetTimestamp();
            await write.WriteAsync(_agent, round);
            times.Add(Stopwatch.GetElapsedTime(began, await used.Task.WaitAsync(Limit, end)).TotalMilliseconds);
            _live.Changed -= Take;

            void Take(MeshSnapshot snapshot) =>
                _ = write.Shows(snapshot.Services["web"], round) && used.TrySetResult(Stopwatch.GetTimestamp());
        }

        return times;
    }

    /// <summary>Ends the agent and deletes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        await _live.DisposeAsync();
        await _registry.DisposeAsync();
        await _agent.DisposeAsync();
        _folder.Dispose();
    }

    private static BootstrapSpec Bootstrap(ConsulAgent agent) => new()
    {
        Role = MeshRole.Sidecar,
        Node = "reader",
        Registry = new RegistrySpec("consul", agent.Registry) { Agents = [new Uri($"http://{agent.Address}")] },
        Sidecar = new SidecarSpec
        {
            Services =
            [
                new LocalServiceSpec
                {
                    Name = "caller",
                    Id = "caller-1",
                    Port = 1,
                    Upstreams = [new UpstreamSpec("web", new IPEndPoint(IPAddress.Loopback, 1))],
                },
            ],
        },
    };
}
