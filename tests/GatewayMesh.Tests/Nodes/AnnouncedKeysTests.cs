using System.Collections.Immutable;
using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Events;
using GatewayMesh.Fixtures;
using GatewayMesh.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Tests.Nodes;

/// <summary>A sidecar announces in its record for which services it runs requests with an idempotency key once.</summary>
internal sealed class AnnouncedKeysTests
{
    [Test]
    public async Task Keys_are_announced_for_the_services_whose_policy_in_use_keeps_them()
    {
        using var folder = new TemporaryFolder();
        var time = new FakeTimeProvider();
        folder.Write("registry/web.yaml", "kind: service-policy\nname: web\nidempotency: { enabled: true }\n");
        using var events = new EventLog("host-a", "sidecar", Stream.Null, time);
        await using var node = new MeshNode(
            new BootstrapSpec
            {
                Role = MeshRole.Sidecar,
                Node = "host-a",
                DataDir = folder.Path,
                RunDir = folder.Path,
                Registry = new RegistrySpec("file", folder["registry"]),
                Identity = IdentityMode.Plaintext,
                Sidecar = new SidecarSpec { Address = "10.0.0.5", Services = [Service("web", 1), Service("api", 2)] },
            },
            ImmutableSortedDictionary<string, int>.Empty,
            events,
            null,
            time);
        Assert.That(Announced(node), Is.Empty, "no policy is in use yet");

        await node.StartAsync();
        await node.Configuration.Answered;
        await Eventually.Until("the policy is in use", () => Announced(node).Count > 0);

        Assert.That(Announced(node), Is.EqualTo(new[] { "web" }));
    }

    private static List<string> Announced(MeshNode node) =>
        [.. node.Inspection.Describe().Services.Where(service => service.KeepsKeys).Select(service => service.Name)];

    private static LocalServiceSpec Service(string name, int port) => new()
    {
        Name = name,
        Id = $"{name}-1",
        Port = port,
        Outbound = new IPEndPoint(IPAddress.Loopback, 0),
        Inbound = new IPEndPoint(IPAddress.Loopback, 0),
    };
}
