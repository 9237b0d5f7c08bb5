using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Configuration.Tests.Snapshot;

internal sealed class ServiceNamesSnapshotTests
{
    [Test]
    public void A_change_of_a_frontend_alone_is_a_new_revision()
    {
        var first = Compile(Catalog("10.96.0.10"));
        var second = Compile(Catalog("10.96.0.11"));

        Assert.That(second.Revision, Is.Not.EqualTo(first.Revision));
        Assert.That(second.ServiceNames!.TryFind("10.96.0.11", [], 0, out var named), Is.True);
        Assert.That(named.Service, Is.EqualTo("api.shop"));
        Assert.That(Compile(Catalog("10.96.0.10")).Revision, Is.EqualTo(first.Revision));
    }

    [Test]
    public void A_snapshot_of_plain_names_has_no_names_of_its_own() =>
        Assert.That(Compile(new ServiceCatalog([new DiscoveredService("api", [])], [])).ServiceNames, Is.Null);

    private static MeshSnapshot Compile(ServiceCatalog catalog) => SnapshotCompiler.Compile(EntrySet.Empty, [], catalog);

    private static ServiceCatalog Catalog(string address) =>
        new([new DiscoveredService("api.shop", []) { Frontend = new ServiceFrontend(80, [address]) }], []) { Namespace = "shop" };
}
