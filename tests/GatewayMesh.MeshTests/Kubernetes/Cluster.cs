using System.Globalization;
using System.Net;
using GatewayMesh.Fixtures;
using GatewayMesh.Fixtures.Kubernetes;
using GatewayMesh.MeshTests.Backends;
using GatewayMesh.MeshTests.Clients;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Kubernetes;

/// <summary>
/// A stub of an API server with the Service <c>shop/api</c> (ports 80 and 9090), its pods as real applications, and a sidecar that reads
/// there.
/// </summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly LocalMesh _mesh;
    private readonly Dictionary<string, CountingBackend> _pods = [];

    private Cluster(LocalMesh mesh, ApiServer server, IPEndPoint outbound, IPEndPoint upstream, MeshNode node) =>
        (_mesh, Server, Outbound, Upstream, Node) = (mesh, server, outbound, upstream, node);

    public ApiServer Server { get; }

    public IPEndPoint Outbound { get; }

    /// <summary>The local port of the upstream <c>api.shop</c>.</summary>
    public IPEndPoint Upstream { get; }

    public MeshNode Node { get; }

    /// <summary>Starts the API server with two ready pods, <c>api-1</c> and <c>api-2</c>, and the sidecar of <c>web</c>.</summary>
    /// <param name="mesh">The mesh of the test.</param>
    /// <param name="tokenFile">File with the token; null: the token of the administrator.</param>
    public static async Task<Cluster> StartAsync(LocalMesh mesh, string? tokenFile = null)
    {
        var server = await ApiServer.StartAsync();
        var kubeconfig = server.WriteKubeconfig(mesh.Folder, space: "shop");
        if (tokenFile is not null)
        {
            var text = await File.ReadAllTextAsync(kubeconfig);
            await File.WriteAllTextAsync(
                kubeconfig, text.Replace($"token: {ApiServer.AdminToken}", $"tokenFile: {tokenFile}", StringComparison.Ordinal));
        }

        mesh.OtherRegistry = $"kubernetes://{kubeconfig}";
        var (outbound, upstream) = (FreePorts.Loopback(), FreePorts.Loopback());
        var node = mesh.AddSidecar("web-1",
            $$"""
            - name: web.shop
              port: {{FreePorts.Next()}}
              outbound: {{outbound}}
              upstreams: [ { service: api.shop, port: {{upstream.Port}} } ]
            """);
        var cluster = new Cluster(mesh, server, outbound, upstream, node);
        _ = server.Store.Seed("services",
            """
            {"metadata":{"name":"api","namespace":"shop"},"spec":{"clusterIP":"10.96.0.10","clusterIPs":["10.96.0.10"],
             "ports":[{"name":"http","port":80,"protocol":"TCP"},{"name":"admin","port":9090,"protocol":"TCP"}]}}
            """);
        cluster.SetPod("api-1", ready: true);
        cluster.SetPod("api-2", ready: true);
        node.Start();
        return cluster;
    }

    /// <summary>The application of a pod.</summary>
    public CountingBackend Pod(string name) => _pods.TryGetValue(name, out var pod) ? pod : _pods[name] = _mesh.AddBackend(name);

    /// <summary>Writes the slice of a pod; each has its own, because all pods are on one address with different ports.</summary>
    public void SetPod(string name, bool ready, bool serving = false, bool terminating = false)
    {
        var port = Pod(name).Port.ToString(CultureInfo.InvariantCulture);
        _ = Server.Store.Seed("endpointslices",
            $$$"""
            {"metadata":{"name":"{{{name}}}","namespace":"shop","labels":{"kubernetes.io/service-name":"api"}},"addressType":"IPv4",
             "ports":[{"name":"http","port":{{{port}}},"protocol":"TCP"},{"name":"admin","port":{{{port}}},"protocol":"TCP"}],
             "endpoints":[{"addresses":["127.0.0.1"],"targetRef":{"kind":"Pod","namespace":"shop","name":"{{{name}}}","uid":"{{{Guid.Empty}}}"},
              "conditions":{"ready":{{{Json(ready)}}},"serving":{{{Json(ready || serving)}}},"terminating":{{{Json(terminating)}}}}}]}
            """);
    }

    /// <summary>Deletes a pod's slice. Its application keeps running.</summary>
    public void DropPod(string name) => Server.Store.Drop("endpointslices", "shop", name);

    /// <summary>Waits until <c>api</c> is served.</summary>
    public Task UntilServedAsync() => Eventually.Until(
        "the sidecar serves api",
        async () => await AskAsync("api") == Outcome.Ok,
        () => Task.FromResult(Node.Process.Tail(40)));

    /// <summary>Sends one request with a host.</summary>
    public async Task<Outcome> AskAsync(string host)
    {
        using var connection = new PlainConnection(Outbound, host);
        return await connection.GetAsync();
    }

    /// <summary>Waits until the number of requests at a pod no longer rises while others are served.</summary>
    public async Task UntilUnusedAsync(string name, PlainClient load)
    {
        var before = -1;
        await Eventually.Until($"{name} is no longer called", async () =>
        {
            var now = Pod(name).Executions;
            var isSame = now == before;
            before = now;
            await load.UntilServedAsync(100);
            return isSame && Pod(name).Executions == now;
        });
    }

    /// <summary>Waits until a pod gets requests.</summary>
    public async Task UntilUsedAsync(string name, PlainClient load)
    {
        var before = Pod(name).Executions;
        await Eventually.Until($"{name} is called", async () =>
        {
            await load.UntilServedAsync(20);
            return Pod(name).Executions > before;
        });
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private static string Json(bool value) => value ? "true" : "false";
}
