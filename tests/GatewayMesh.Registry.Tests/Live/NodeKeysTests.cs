using System.Text;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Tests.Live;

/// <summary>A sidecar's announcement that it runs requests with an idempotency key once.</summary>
public sealed class NodeKeysTests
{
    private static readonly NodeRecord Silent = Records.Sidecar("host-a");
    private static readonly NodeRecord Keeping = Silent with { Services = [Silent.Services[0] with { KeepsKeys = true }] };

    [Test]
    public void The_announcement_is_read_as_it_was_written_and_compiles_the_mesh_anew()
    {
        Assert.That(Read(NodeRecordText.Write(Keeping)).Services[0].KeepsKeys, Is.True);
        Assert.That(Read(NodeRecordText.Write(Silent)).Services[0].KeepsKeys, Is.False);
        Assert.That(NodeRecordText.AnnounceTheSame(Silent, Keeping), Is.False);
        Assert.That(Compile(Silent).Revision, Is.Not.EqualTo(Compile(Keeping).Revision));
    }

    [Test]
    public void A_record_of_an_earlier_version_announces_nothing()
    {
        var text = Encoding.UTF8.GetString(NodeRecordText.Write(Keeping)).Replace("    keepsKeys: true\n", "", StringComparison.Ordinal);
        Assert.That(Read(Encoding.UTF8.GetBytes(text)).Services[0].KeepsKeys, Is.False);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void An_instance_has_what_its_nodes_record_says_also_in_the_catalog_of_a_registry(bool hasCatalog)
    {
        Assert.That(Compile(Keeping, hasCatalog).Services["web"].Endpoints.Single().KeepsKeys, Is.True);
        Assert.That(Compile(Silent, hasCatalog).Services["web"].Endpoints.Single().KeepsKeys, Is.False);
    }

    private static MeshSnapshot Compile(NodeRecord record, bool hasCatalog = false)
    {
        var service = record.Services[0];
        var instance = new DiscoveredInstance(service.Id, record.Node, service.Address, Healthy: true);
        return SnapshotCompiler.Compile(
            EntrySet.Empty,
            [new DiscoveredNode(record, Alive: true)],
            hasCatalog ? new ServiceCatalog([new DiscoveredService(service.Name, [instance])], []) : null);
    }

    private static NodeRecord Read(byte[] text)
    {
        var errors = new ConfigErrors();
        return NodeRecordBinder.Bind(YamlDocuments.Read(text, "host-a.yaml", errors).Single(), errors)!;
    }
}
