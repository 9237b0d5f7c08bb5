using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Tests.Live;

/// <summary>Demands for rate limits over the mesh in a node's record.</summary>
public sealed class NodeRatesTests
{
    private static readonly NodeRecord Node = new()
    {
        Node = "host-a",
        Role = MeshRole.Sidecar,
        Version = "1",
        Rates = new Dictionary<string, double> { ["payments/all/00000000000000ff"] = 0.25, ["payments/all/0000000000000001"] = 12000 }
            .ToImmutableSortedDictionary(),
    };

    [Test]
    public void Demands_are_read_as_they_were_written()
    {
        var errors = new ConfigErrors();
        var document = YamlDocuments.Read(NodeRecordText.Write(Node), "host-a.yaml", errors).Single();
        Assert.That(NodeRecordBinder.Bind(document, errors)!.Rates, Is.EqualTo(Node.Rates));
    }

    [Test]
    public void Another_demand_is_published_and_compiles_no_mesh()
    {
        var other = Node with { Rates = Node.Rates.SetItem("payments/all/00000000000000ff", 5) };
        Assert.That(NodeRecordText.IsEquivalent(Node, other), Is.False);
        Assert.That(NodeRecordText.AnnounceTheSame(Node, other), Is.True);
    }

    [Test]
    public void A_hostile_record_has_at_most_64_demands_and_no_malformed_one()
    {
        var rates = string.Join(", ", Enumerable.Range(0, 500).Select(i => $"\"a/b/{i:x16}\": {(i % 3 == 0 ? "-1" : i % 3 == 1 ? "NaN" : "7")}"));
        var errors = new ConfigErrors();
        var text = $"node: host-a\nrole: sidecar\nversion: '1'\nrates: {{{rates}}}\n";
        var document = YamlDocuments.Read(System.Text.Encoding.UTF8.GetBytes(text), "host-a.yaml", errors).Single();
        var read = NodeRecordBinder.Bind(document, errors)!.Rates;
        Assert.That(read, Has.Count.EqualTo(NodeRates.Max));
        Assert.That(read.Values, Is.All.EqualTo(7));
    }

    [Test]
    public void The_demands_of_a_record_are_bounded_in_bytes()
    {
        var name = new string('s', 128);
        var rates = Enumerable.Range(0, NodeRates.Max).Select(i => ($"{name}/{name}/{i:x16}", 1.0));
        Assert.That(NodeRates.Bounded(rates, NodeRates.MaxBytes).Sum(rate => rate.Key.Length), Is.LessThanOrEqualTo(NodeRates.MaxBytes));
    }

    [TestCase(1, NodeRates.Max)]
    [TestCase(85, 30)]
    [TestCase(100, 0)]
    public void Demands_never_make_a_record_too_large_for_other_nodes(int services, int atLeast)
    {
        var record = Node with
        {
            Services = [
                .. Enumerable.Range(0, services).Select(i => new NodeService(
                    $"service-number-{i}", $"service-number-{i}-1", new("10.0.0.100", 20000 + i), Healthy: true) { Weight = 10 })],
        };
        var demands = Enumerable.Range(0, 100).Select(i => ($"service-number-1/tenant/{i:x16}", 1e6 - i));

        var reported = NodeRates.Bounded(demands, NodeRates.RoomIn(record));

        var text = NodeRecordText.Write(record with { Rates = reported });
        Assert.That(text, Has.Length.LessThanOrEqualTo(NodeRecordText.MaxBytes));
        Assert.That(reported, Has.Count.GreaterThanOrEqualTo(atLeast));
    }

    [Test]
    public void The_text_of_a_store_has_no_password()
    {
        var spec = new RedisSpec(new("10.0.0.7", 6379), IsTls: true, 3) { User = "mesh", Password = "hunter2" };
        Assert.That(spec.ToString(), Is.EqualTo("rediss://10.0.0.7:6379/3"));
        Assert.That(new StoresSpec { RateLimits = spec }.ToString(), Does.Not.Contain("hunter2"));
    }
}
