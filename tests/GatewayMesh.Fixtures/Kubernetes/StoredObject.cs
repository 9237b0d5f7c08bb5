using System.Text.Json.Nodes;

namespace GatewayMesh.Fixtures.Kubernetes;

/// <summary>One version of an object. The JSON is kept as text, because many threads read it.</summary>
public sealed class StoredObject
{
    internal StoredObject(ApiKind kind, JsonObject json, FieldOwners owners)
    {
        Kind = kind;
        var meta = json["metadata"]!.AsObject();
        Name = (string)meta["name"]!;
        Namespace = (string?)meta["namespace"] ?? "";
        Version = long.Parse((string)meta["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture);
        NodeName = kind.Plural == "pods" ? (string?)json["spec"]?["nodeName"] ?? "" : "";
        Labels = (meta["labels"] as JsonObject)?.ToDictionary(pair => pair.Key, pair => (string?)pair.Value ?? "") ?? [];
        Owners = owners;
        Text = json.ToJsonString();
        Partial = Reduced(meta);
        if (kind.IsCustom)
        {
            Item = Text;
            return;
        }

        var item = JsonNode.Parse(Text)!.AsObject();
        item.Remove("kind");
        item.Remove("apiVersion");
        Item = item.ToJsonString();
    }

    public ApiKind Kind { get; }

    public string Namespace { get; }

    public string Name { get; }

    public long Version { get; }

    /// <summary>Node of a pod; empty for others.</summary>
    public string NodeName { get; }

    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>The whole object.</summary>
    public string Text { get; }

    /// <summary>The object as lists carry it: built-in kinds have no kind and no version there.</summary>
    public string Item { get; }

    /// <summary>The object as PartialObjectMetadata.</summary>
    public string Partial { get; }

    /// <summary>Key in the store: also its order in lists.</summary>
    public string Key => KeyOf(Namespace, Name);

    internal FieldOwners Owners { get; }

    /// <summary>A copy for changes.</summary>
    public JsonObject ToJson() => JsonNode.Parse(Text)!.AsObject();

    internal static string KeyOf(string space, string name) => $"{space}/{name}";

    private static string Reduced(JsonObject meta) => new JsonObject
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = meta.DeepClone(),
    }.ToJsonString();
}
