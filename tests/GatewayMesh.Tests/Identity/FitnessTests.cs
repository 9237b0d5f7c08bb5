using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Events;
using GatewayMesh.Fixtures;
using GatewayMesh.Nodes;

namespace GatewayMesh.Tests.Identity;

/// <summary>A worker with an expired certificate does not serve.</summary>
internal sealed class FitnessTests
{
    [Test]
    public async Task Node_waits_for_its_certificate_and_becomes_unfit_after_its_expiry()
    {
        using var folder = new IssuedFolder();
        _ = Directory.CreateDirectory(Path.Combine(folder.Path, "registry"));
        var bootstrap = new BootstrapSpec
        {
            Role = MeshRole.Gateway,
            Node = "gateway-1",
            DataDir = folder.Path,
            RunDir = folder.Path,
            Registry = new RegistrySpec("file", Path.Combine(folder.Path, "registry")),
            Identity = IdentityMode.Mtls,
            Certificates = folder.Certificates.Directory,
            Gateway = new GatewaySpec(),
        };
        using var events = new EventLog("gateway-1", "gateway", new MemoryStream());
        await using var node = new MeshNode(bootstrap, ImmutableSortedDictionary<string, int>.Empty, events, null, folder.Time);
        var updates = 0;
        node.Updated += () => Interlocked.Increment(ref updates);
        await node.StartAsync();
        await node.Configuration.Answered;
        Assert.That(node.Unfit, Does.Contain("roots.pem"));

        folder.With("gatewaymesh-gateway");
        await Eventually.Until("the node is fit", () => node.Unfit is null);
        var before = Volatile.Read(ref updates);
        folder.Time.Shift = TimeSpan.FromHours(73);
        Assert.That(node.Unfit, Is.EqualTo("no valid certificate: gatewaymesh-gateway expired"));
        await Eventually.Until("the node reports it without a request", () => Volatile.Read(ref updates) > before);

        folder.With("gatewaymesh-gateway");
        await Eventually.Until("the node is fit again, without a restart", () => node.Unfit is null);
    }
}
