using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Registry.Tests;

/// <summary>Node records for tests.</summary>
internal static class Records
{
    public static NodeRecord Sidecar(string node, string service = "web", int port = 20001) => new()
    {
        Node = node,
        Role = MeshRole.Sidecar,
        Version = "0.1.0",
        Services = [new NodeService(service, $"{service}-{node}", new HostPort("10.0.0.1", port), Healthy: true)],
    };

    public static NodeRecord Sidecar(string node, int services) =>
        Sidecar(node) with { Services = [.. Enumerable.Range(0, services).SelectMany(i => Sidecar(node, $"service-{i}").Services)] };

    public static NodeRecord Gateway(string node) => new()
    {
        Node = node,
        Role = MeshRole.Gateway,
        Version = "0.1.0",
        Gateway = new NodeGateway("gatewaymesh-gateway", "default", new HostPort("10.0.0.9", 15443), new HostPort("10.0.0.9", 15444)),
    };
}
