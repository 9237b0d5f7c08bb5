using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GatewayMesh.Registry.Tests.Kubernetes.Stub;

/// <summary>
/// JSON in which everything that differs between two runs of a cluster is a star: versions, ids, times, tokens, random names.
/// </summary>
internal static partial class Normalized
{
    private static readonly HashSet<string> Masked =
        ["resourceVersion", "uid", "creationTimestamp", "lastTransitionTime", "expirationTimestamp", "node-uid", "pod-uid"];

    /// <summary>The normalized text of a body: JSON with sorted keys, or plain text.</summary>
    public static string Of(string body) => body.StartsWith('{') ? Of(JsonNode.Parse(body)) : body;

    /// <summary>The normalized text of JSON, with sorted keys.</summary>
    public static string Of(JsonNode? json) => Masks(json, "")?.ToJsonString(new() { WriteIndented = true }) ?? "null";

    private static JsonNode? Masks(JsonNode? node, string key) => node switch
    {
        JsonObject map => new JsonObject(map
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => KeyValuePair.Create(pair.Key, Masks(pair.Value, pair.Key)))),
        JsonArray list => new JsonArray([.. list.Select(item => Masks(item, key[(key.LastIndexOf('/') + 1)..]))]),
        JsonValue value when value.TryGetValue<string>(out var text) => Mask(text, key),
        _ => node?.DeepClone(),
    };

    private static string Mask(string text, string key) =>
        text.Length > 0 && (Masked.Contains(key) || key == "continue") ? "*"
        : key == "token" && text.StartsWith("ey", StringComparison.Ordinal) ? "*"
        : Versions().Replace(Ids().Replace(Random().Replace(text, "$1*"), "JTI=*"), "$1*");

    [GeneratedRegex("(kube-api-access-)[a-z0-9]{5}")]
    private static partial Regex Random();

    [GeneratedRegex("JTI=.*")]
    private static partial Regex Ids();

    // Too large resource version: 9999999, current: 478; too old resource version: 300 (578).
    [GeneratedRegex(@"(current: |resource version: \d+ \()\d+")]
    private static partial Regex Versions();
}
