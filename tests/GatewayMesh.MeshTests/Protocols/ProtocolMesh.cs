using System.Net;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Protocols;

/// <summary>
/// The applications of <see cref="Applications"/> on one host, and four paths to them:
/// <code>
/// sidecar    outbound ─► sidecar ─► sidecar ─► application
/// gateway    outbound ─► sidecar ─► gateway ─► sidecar ─► application     (gatewayShare: 100%)
/// guard      outbound ─► guard ═══► gateway ─► sidecar ─► application     (the worker is drained)
/// ingress    public port ─► ingress ─► sidecar ─► application
/// </code>
/// </summary>
internal sealed class ProtocolMesh
{
    public const string Sidecar = "sidecar";
    public const string Gateway = "gateway";
    public const string Guard = "guard";
    public const string Ingress = "ingress";

    private readonly IPEndPoint _public = FreePorts.Loopback();
    private readonly Dictionary<string, IPEndPoint> _outbound = [];

    public static IReadOnlyList<string> Paths { get; } = [Sidecar, Gateway, Guard, Ingress];

    /// <summary>Address of the path for a client.</summary>
    public IPEndPoint AddressOf(string path) => path == Ingress ? _public : _outbound[path];

    /// <summary>Host name of a service on the path.</summary>
    public static string HostOf(string path, string service) => path == Ingress ? service + ".example" : service;

    public static async Task<ProtocolMesh> StartAsync(LocalMesh mesh, Applications applications)
    {
        var made = new ProtocolMesh();
        await File.WriteAllTextAsync(Path.Combine(mesh.Registry, "ingress.yaml"),
            $$"""
            kind: ingress-gateway
            name: gatewaymesh-ingress
            listeners:
              - port: {{made._public.Port}}
                protocol: http
                services: [ { name: calls, hosts: [ calls.example ] }, { name: chat, hosts: [ chat.example ] }, { name: dead, hosts: [ dead.example ] } ]
            """);
        mesh.AddSidecar("host-b",
            $"""
            - name: calls
              port: {applications.Calls}
              protocol: grpc
              inbound: {FreePorts.Loopback()}
            - name: chat
              port: {applications.Chat}
              inbound: {FreePorts.Loopback()}
            - name: dead
              port: {FreePorts.Next()}
              protocol: grpc
              inbound: {FreePorts.Loopback()}
            """).Start();
        mesh.AddGateway("gw-1").Start();
        mesh.AddGateway("gw-2").Start();
        mesh.Add("edge", "ingress", $"ingress:\n  listeners: [ {{ port: {made._public.Port}, address: 127.0.0.1 }} ]\n").Start();
        made.AddCaller(mesh, Sidecar).Start("--set", "gatewayShare=0%");
        made.AddCaller(mesh, Gateway).Start("--set", "gatewayShare=100%");
        var guarded = made.AddCaller(mesh, Guard);
        guarded.Start();
        foreach (var node in mesh.Nodes)
        {
            await Eventually.Until($"{node.Name} is ready", node.IsReadyAsync, () => Task.FromResult(mesh.Logs(20)));
        }

        foreach (var node in mesh.Nodes.Where(node => node.Name.StartsWith("caller-", StringComparison.Ordinal)))
        {
            await node.UntilAsync("both gateways are known", status => status is { Tier: "sidecar", Gateways: 2 });
        }

        await guarded.PostAsync("/drain");
        await guarded.UntilAsync("a gateway takes over", status => status is { Tier: "gateway", Worker: <= 0 });
        foreach (var path in Paths)
        {
            await made.UntilServedAsync(path, mesh);
        }

        return made;
    }

    private MeshNode AddCaller(LocalMesh mesh, string path)
    {
        var outbound = _outbound[path] = FreePorts.Loopback();
        return mesh.AddSidecar("caller-" + path, $"- name: web\n  port: {FreePorts.Next()}\n  outbound: {outbound}\n");
    }

    private async Task UntilServedAsync(string path, LocalMesh mesh)
    {
        foreach (var service in new[] { "chat", "calls", "dead" })
        {
            using var client = new HttpClient
            {
                BaseAddress = new Uri($"http://{AddressOf(path)}"),
                DefaultRequestHeaders = { Host = HostOf(path, service) },
            };
            await Eventually.Until(
                $"{service} is known on the path {path}",
                async () =>
                {
                    using var answer = await client.GetAsync("/");
                    return answer.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.ServiceUnavailable)
                        || (service == "calls" && !answer.Headers.Contains("Proxy-Status"));
                },
                () => Task.FromResult(mesh.Logs(20)));
        }
    }
}
