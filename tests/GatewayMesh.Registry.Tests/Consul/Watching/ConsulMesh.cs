using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Consul;
using GatewayMesh.Registry.Consul.Watching;
using GatewayMesh.Registry.Live;
using GatewayMesh.Registry.Snapshots;

namespace GatewayMesh.Registry.Tests.Consul.Watching;

/// <summary>A node that reads from real agents, with registry and live configuration as in a process.</summary>
internal sealed class ConsulMesh : IAsyncDisposable
{
    // Reached only by a failing test.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Short times, so that a test quickly sees both sides of each wait. The hold is long unless a test sets it.</summary>
    public static readonly WatchTimes Quick = new()
    {
        Backoff = TimeSpan.FromMilliseconds(10),
        BackoffMax = TimeSpan.FromMilliseconds(200),
        AgentLiveness = TimeSpan.FromMilliseconds(100),
        Nodes = TimeSpan.FromMilliseconds(100),
        Rotation = TimeSpan.FromMilliseconds(1),
        Hold = TimeSpan.FromMinutes(10),
    };

    private readonly SnapshotStore? _store;

    private ConsulMesh(ConsulRegistry registry, SnapshotStore? store)
    {
        Registry = registry;
        _store = store;
        Live = new LiveConfiguration(registry, _store, TimeProvider.System);
    }

    public ConsulRegistry Registry { get; }

    public LiveConfiguration Live { get; }

    /// <summary>A sidecar with upstreams, or a gateway without, that reads from these agents.</summary>
    public static ConsulMesh Open(
        string registry, string[]? upstreams = null, WatchTimes? times = null, string? dataDir = null, string token = "")
    {
        var spec = new BootstrapSpec
        {
            Role = upstreams is null ? MeshRole.Gateway : MeshRole.Sidecar,
            Node = "reader",
            Registry = new RegistrySpec("consul", registry)
            {
                Agents = [.. registry["consul://".Length..].Split(',').Select(agent => new Uri($"http://{agent}"))],
                Token = token,
            },
            Gateway = upstreams is null ? new GatewaySpec() : null,
            Sidecar = upstreams is null ? null : new SidecarSpec
            {
                Services = [
                    new LocalServiceSpec
                    {
                        Name = "caller",
                        Id = "caller-1",
                        Port = 1,
                        Upstreams = [
                            .. upstreams.Select(
                                (name, index) =>
                                    new UpstreamSpec(name, new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, index + 1)))],
                    }],
            },
        };
        var mesh = new ConsulMesh(
            new ConsulRegistry(spec, times ?? Quick, TimeProvider.System), dataDir is null ? null : new SnapshotStore(dataDir));
        mesh.Live.Start();
        return mesh;
    }

    /// <summary>Waits for a condition on the live configuration.</summary>
    public async Task HoldsAsync(Func<LiveConfiguration, bool> holds, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!holds(Live))
        {
            Assert.That(TimeProvider.System.GetElapsedTime(began), Is.LessThan(Deadline), $"timed out: {what}; {Describe()}");
            await Task.Delay(5);
        }
    }

    /// <summary>The instances of a service in use, as <c>ID@ADDRESS</c> with a trailing <c>!</c> for an unhealthy one.</summary>
    public string Endpoints(string service) => Live.Current.Services.TryGetValue(service, out var model)
        ? string.Join(' ', model.Endpoints.Select(endpoint => $"{endpoint.Id}@{endpoint.Address}{(endpoint.Healthy ? "" : "!")}"))
        : "unknown";

    /// <summary>Waits until the instances in use are the expected ones.</summary>
    public Task EndpointsAreAsync(string service, string expected) =>
        HoldsAsync(_ => Endpoints(service) == expected, $"{service} is {expected}");

    public async ValueTask DisposeAsync()
    {
        await Live.DisposeAsync();
        await Registry.DisposeAsync();
    }

    private string Describe() =>
        $"errors: {string.Join("; ", Live.Errors)}; services: "
            + $"{string.Join(", ", Live.Current.Services.Keys.Select(name => $"{name} = {Endpoints(name)}"))}";
}
