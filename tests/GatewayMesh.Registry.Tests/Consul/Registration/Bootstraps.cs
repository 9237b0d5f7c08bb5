using System.Collections.Immutable;
using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Registry.Tests.Consul.Registration;

/// <summary>Bootstraps of nodes to register.</summary>
internal static class Bootstraps
{
    public static BootstrapSpec Sidecar(string node = "host-a", params LocalServiceSpec[] services) => new()
    {
        Role = MeshRole.Sidecar,
        Node = node,
        Sidecar = new SidecarSpec { Address = "127.0.0.1", Services = [.. services.Length == 0 ? [Web()] : services] },
    };

    public static LocalServiceSpec Web(string id = "web-1") => new()
    {
        Name = "web",
        Id = id,
        Port = 8080,
        Inbound = new IPEndPoint(IPAddress.Any, 20001),
        Outbound = new IPEndPoint(IPAddress.Loopback, 15001),
    };

    public static BootstrapSpec Gateway(string node = "gateway-1") => new()
    {
        Role = MeshRole.Gateway,
        Node = node,
        // With certificates guards and peers share one address, so the test could not distinguish the two.
        Identity = IdentityMode.Plaintext,
        Gateway = new GatewaySpec { Address = "10.0.0.9", Group = "blue" },
    };

    public static BootstrapSpec Ingress() => new()
    {
        Role = MeshRole.Ingress,
        Node = "edge-1",
        Ingress = new IngressSpec
        {
            Address = "10.0.0.2",
            Listeners = [
                new IngressListenerSpec(new IPEndPoint(IPAddress.Any, 8080)), new IngressListenerSpec(new IPEndPoint(IPAddress.Any, 8081))],
        },
    };

    public static NodeRecord Record(BootstrapSpec bootstrap, bool healthy = true) => new()
    {
        Node = bootstrap.Node,
        Role = bootstrap.Role,
        Version = "0.1.0",
        Services =
        [
            .. (bootstrap.Sidecar?.Services ?? []).Select(
                service => new NodeService(service.Name, service.Id, new HostPort("127.0.0.1", 20001), healthy)),
        ],
    };
}
