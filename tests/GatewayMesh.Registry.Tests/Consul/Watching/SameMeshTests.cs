using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Consul;
using GatewayMesh.Registry.Files;
using GatewayMesh.Registry.Live;

namespace GatewayMesh.Registry.Tests.Consul.Watching;

/// <summary>The same mesh gives the same snapshot from files and from Consul.</summary>
public sealed class SameMeshTests
{
    private const string Entries = """
        kind: service-defaults
        name: web
        protocol: http
        ---
        kind: ingress-gateway
        name: edge
        listeners: [ { port: 8080, services: [ { name: web, hosts: [ web.example.com ] }, { name: '*' } ] } ]
        ---
        kind: service-policy
        name: '*'
        timeouts: { request: 7s }
        """;

    private static readonly BootstrapSpec Host = new()
    {
        Role = MeshRole.Sidecar,
        Node = "host-a",
        Sidecar = new SidecarSpec
        {
            Address = "10.0.0.5",
            Services =
            [
                new LocalServiceSpec
                {
                    Name = "web",
                    Id = "web-1",
                    Port = 8080,
                    Inbound = new IPEndPoint(IPAddress.Any, 20001),
                    Tags = ["edge"],
                    Meta = Records.Sidecar("x").Services[0].Meta.Add("version", "v1"),
                },
                new LocalServiceSpec
                {
                    Name = "payments",
                    Id = "payments-1",
                    Port = 8081,
                    Protocol = "grpc",
                    Inbound = new IPEndPoint(IPAddress.Any, 20002),
                },
            ],
        },
    };

    private static readonly BootstrapSpec Gateway = new()
    {
        Role = MeshRole.Gateway,
        Node = "gw-1",
        Identity = IdentityMode.Plaintext,
        Gateway = new GatewaySpec { Address = "10.0.0.9", Group = "blue" },
    };

    [Test]
    public async Task Files_and_Consul_give_the_same_snapshot()
    {
        using var folder = new TemporaryFolder();
        await using var files = new FileRegistry(folder["registry"], TimeProvider.System);
        Directory.CreateDirectory(folder["registry"]);
        await File.WriteAllTextAsync(Path.Combine(folder["registry"], "entries.yaml"), Entries);
        await files.PublishAsync(RecordOf(Host), default);
        await files.PublishAsync(RecordOf(Gateway), default);
        await using var fromFiles = new LiveConfiguration(files, null, TimeProvider.System);
        fromFiles.Start();

        await using var agent = await ConsulAgent.StartAsync();
        await agent.WriteEntryAsync("""{"Kind":"proxy-defaults","Name":"global","Config":{"protocol":"http"}}""");
        await agent.WriteEntryAsync("""{"Kind":"service-defaults","Name":"web","Protocol":"http"}""");
        await agent.WriteEntryAsync(
            """{"Kind":"ingress-gateway","Name":"edge","Listeners":[{"Port":8080,"Protocol":"http","Services":[{"Name":"web","Hosts":["web.example.com"]},{"Name":"*"}]}]}""");
        _ = await agent.PutAsync("/v1/kv/gatewaymesh/service-policy/*", "timeouts: { request: 7s }");
        await using var host = Open(Host, agent);
        await using var gateway = Open(Gateway, agent);
        await host.PublishAsync(RecordOf(Host), default);
        await gateway.PublishAsync(RecordOf(Gateway), default);
        host.Vouch(true);
        gateway.Vouch(true);
        await using var mesh = ConsulMesh.Open(agent.Registry);

        await mesh.HoldsAsync(live => live.Revision == fromFiles.Revision && live.Synced, "both revisions are equal");
        Assert.That(mesh.Live.Current.Services.Keys, Is.EquivalentTo(new[] { "web", "payments" }),
            "sidecars, gateways and Consul are not services");
        Assert.That(mesh.Live.Current.Gateways.Single().Tunnel.ToString(), Is.EqualTo("10.0.0.9:15444"));
    }

    private static ConsulRegistry Open(BootstrapSpec bootstrap, ConsulAgent agent) =>
        new(
            bootstrap with { Registry = new RegistrySpec("consul", agent.Address) { Agents = [new Uri($"http://{agent.Address}")] } },
            TimeProvider.System);

    private static NodeRecord RecordOf(BootstrapSpec bootstrap) => new()
    {
        Node = bootstrap.Node,
        Role = bootstrap.Role,
        Version = "1",
        Services =
        [
            .. (
                bootstrap.Sidecar?.Services
                    ?? [])
                        .Select(service => new NodeService(
                        service.Name, service.Id, new HostPort(bootstrap.Sidecar!.Address, service.Inbound!.Port), Healthy: true)
            {
                Protocol = service.Protocol,
                Tags = service.Tags,
                Meta = service.Meta,
            }),
        ],
        Gateway = bootstrap.Gateway is { } gateway
            ? new NodeGateway(
                gateway.Service,
                gateway.Group,
                new HostPort(gateway.Address, gateway.Listen.Port),
                new HostPort(gateway.Address, gateway.GuardListen.Port))
            : null,
    };
}
