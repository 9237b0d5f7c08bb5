using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using GatewayMesh.Admin.Documents;

namespace GatewayMesh.Tests.Admin.Documents;

/// <summary>The keys of the admin documents, and documents of older and newer builds.</summary>
internal sealed class GoldenDocumentTests
{
    private const string Future = "ofANewerBuild";

    // Objects whose keys are data.
    private static readonly string[] Dictionaries = ["pids", "services", "hosts", "policy", "all"];

    private static readonly JsonSerializerOptions Options = AdminJson.Default.Options;

    [TestCaseSource(typeof(GoldenDocument), nameof(GoldenDocument.All))]
    public void Document_is_written_as_it_was_read(GoldenDocument golden) =>
        Assert.That(golden.Rewrite(golden.Json)!.ToJsonString(Options), Is.EqualTo(golden.Json.ToJsonString(Options)));

    [TestCaseSource(typeof(GoldenDocument), nameof(GoldenDocument.All))]
    public void Document_of_an_older_build_without_a_schema_has_schema_1(GoldenDocument golden)
    {
        var older = golden.Json;
        (older as JsonObject)?.Remove("schema");

        Assert.That(golden.Rewrite(older)!.ToJsonString(Options), Is.EqualTo(golden.Json.ToJsonString(Options)));
    }

    [TestCaseSource(typeof(GoldenDocument), nameof(GoldenDocument.All))]
    public void Document_of_a_newer_build_is_read_as_far_as_this_build_knows_the_keys(GoldenDocument golden)
    {
        var newer = golden.Json;
        AddUnknown(newer);

        var known = golden.Rewrite(newer)!;
        DropUnknown(known);
        DropUnknown(newer);

        Assert.That(known.ToJsonString(Options), Is.EqualTo(newer.ToJsonString(Options)));
    }

    [TestCase("status-sidecar")]
    [TestCase("status-gateway")]
    [TestCase("status-ingress")]
    public void Keys_of_a_newer_status_are_kept_for_those_who_know_them(string name)
    {
        var golden = GoldenDocument.All.Single(each => each.Name == name);
        var newer = golden.Json;
        AddUnknown(newer);

        Assert.That(golden.Rewrite(newer)!.ToJsonString(Options), Is.EqualTo(newer.ToJsonString(Options)));
    }

    [Test]
    public void A_guard_without_its_worker_writes_no_empty_lists_of_the_worker()
    {
        var status = DocumentReader.Read(GoldenDocument.GuardAlone.Json.ToJsonString(), AdminJson.Default.NodeStatus)!;
        var alone = NodeStatus.WithoutWorker;

        var written = status with
        {
            Nodes = alone.Nodes,
            Refused = alone.Refused,
            Troubles = alone.Troubles,
            HiddenApplications = alone.HiddenApplications,
            CleartextServices = alone.CleartextServices,
        };

        Assert.That(
            JsonSerializer.SerializeToNode(written, AdminJson.Default.NodeStatus)!.ToJsonString(Options),
            Is.EqualTo(GoldenDocument.GuardAlone.Json.ToJsonString(Options)));
    }

    [Test]
    public void Every_key_of_every_document_is_in_a_golden_document()
    {
        var (declared, seen) = (new HashSet<string>(), new HashSet<string>());
        foreach (var golden in GoldenDocument.All.Append(GoldenDocument.GuardAlone))
        {
            Collect(golden.Type, null, declared);
            Collect(golden.Type, golden.Json, seen);
        }

        Assert.That(declared.Except(seen), Is.Empty);
        Assert.That(declared, Has.Count.GreaterThan(200));
    }

    [Test]
    public void Order_to_drain_is_read_as_written()
    {
        Assert.That(new DrainOrder().ToText(), Is.EqualTo("{}"));
        Assert.That(new DrainOrder(Undo: true).ToText(), Is.EqualTo("""{"undo":true}"""));
        Assert.That(DrainOrder.Read("""{"undo": true, "later": 1}"""u8).Undo, Is.True);
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("no JSON")]
    [TestCase("[true]")]
    [TestCase("""{"undo":false}""")]
    [TestCase("""{"undo":"true"}""")]
    public void Any_other_order_drains(string body) =>
        Assert.That(DrainOrder.Read(System.Text.Encoding.UTF8.GetBytes(body)).Undo, Is.False);

    private static void AddUnknown(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray items:
                foreach (var item in items)
                {
                    AddUnknown(item);
                }

                break;
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                {
                    if (!Dictionaries.Contains(name) || value is JsonArray)
                    {
                        AddUnknown(value);
                    }
                }

                if (members.ContainsKey("schema"))
                {
                    members["schema"] = 99;
                }

                members[Future] = JsonNode.Parse("""{"a":[1,"b"],"c":null}""");
                break;
        }
    }

    private static void DropUnknown(JsonNode? node)
    {
        foreach (var child in node switch
        {
            JsonArray items => items.ToList(),
            JsonObject members => members.Select(member => member.Value).ToList(),
            _ => [],
        })
        {
            DropUnknown(child);
        }

        (node as JsonObject)?.Remove(Future);
    }

    // With a document the keys in it, without one the keys of its type.
    private static void Collect(JsonTypeInfo type, JsonNode? json, HashSet<string> keys)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                foreach (var key in type.Properties.Where(
                    key => !key.IsExtensionData && key.Get is not null && (json is null || json.AsObject().ContainsKey(key.Name))))
                {
                    var isNew = keys.Add($"{type.Type.Name}.{key.Name}");
                    if (key.CustomConverter is null && (json is null ? isNew : json[key.Name] is not null))
                    {
                        Collect(Info(key.PropertyType), json?[key.Name], keys);
                    }
                }

                break;
            case JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary:
                foreach (var item in json switch
                {
                    null => [null],
                    JsonArray items => items.ToList(),
                    _ => json.AsObject().Select(member => member.Value).ToList(),
                })
                {
                    Collect(Info(type.ElementType!), item, keys);
                }

                break;
        }
    }

    private static JsonTypeInfo Info(Type type) => Options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);
}
