using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Fixtures;
using GatewayMesh.Fixtures.Kubernetes;
using GatewayMesh.Registry;
using GatewayMesh.Registry.Live;

namespace GatewayMesh.Bench.Cluster;

/// <summary>The configuration of a node that reads a cluster.</summary>
internal sealed class ClusterNode : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly IRegistry _registry;
    private readonly LiveConfiguration _live;
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts to read.</summary>
    public ClusterNode(ApiServer server)
    {
        var bootstrap = new BootstrapSpec
        {
            Role = MeshRole.Sidecar,
            Node = "bench",
            Registry = new RegistrySpec("kubernetes", server.WriteKubeconfig(_folder.Path, space: "team-0")),
        };
        _registry = Registries.Open(bootstrap, TimeProvider.System);
        _live = new LiveConfiguration(_registry, null, TimeProvider.System);
        _live.Changed += _ => Volatile.Read(ref _next).TrySetResult();
        _live.Start();
    }

    /// <summary>Number of services.</summary>
    public int Services => Snapshot.Services.Count;

    /// <summary>Number of instances.</summary>
    public int Instances => Snapshot.Services.Values.Sum(service => service.Endpoints.Length);

    private MeshSnapshot Snapshot => _live.Current;

    /// <summary>Waits for the first snapshot.</summary>
    public Task FirstAsync(CancellationToken end) => _next.Task.WaitAsync(end);

    /// <summary>Waits for the next snapshot after this call.</summary>
    public Task NextAsync(CancellationToken end)
    {
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _next, next);
        return next.Task.WaitAsync(end);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _live.DisposeAsync();
        await _registry.DisposeAsync();
        _folder.Dispose();
    }
}
