using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using GatewayMesh.Admin.Documents;

namespace GatewayMesh.Tests.Admin.Documents;

/// <summary>
/// A document that a real node wrote, completed by hand until the documents together have every key. The texts beside it are the output of
/// commands, as the program printed it before the documents became types.
/// </summary>
internal sealed class GoldenDocument
{
    private readonly Func<string, string?> _rewrite;

    private GoldenDocument(string name, JsonTypeInfo type, Func<string, string?> rewrite)
    {
        Name = name;
        Type = type;
        _rewrite = rewrite;
    }

    public static IReadOnlyList<GoldenDocument> All { get; } =
    [
        Of("status-sidecar", AdminJson.Default.NodeStatus),
        Of("status-gateway", AdminJson.Default.NodeStatus),
        Of("status-ingress", AdminJson.Default.NodeStatus),
        Of("config", AdminJson.Default.ConfigDocument),
        Of("certs", AdminJson.Default.CertificatesDocument),
        Of("endpoints", AdminJson.Default.EndpointStatusArray),
        Of("explain", AdminJson.Default.ExplainDocument),
        Of("explain-unknown", AdminJson.Default.ExplainDocument),
        Of("explain-answered", AdminJson.Default.ExplainDocument),
        Of("intention", AdminJson.Default.IntentionDocument),
        Of("error", AdminJson.Default.AdminError),
    ];

    /// <summary>The status of a guard whose worker does not answer. The lists of the worker are absent there, not empty.</summary>
    public static GoldenDocument GuardAlone { get; } = Of("status-guard-alone", AdminJson.Default.NodeStatus);

    public string Name { get; }

    public JsonTypeInfo Type { get; }

    /// <summary>The document as JSON.</summary>
    public JsonNode Json => JsonNode.Parse(Text(Name + ".json"))!;

    /// <summary>A file of the folder.</summary>
    public static string Text(string file) =>
        File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "Admin", "Documents", "Golden", file));

    /// <summary>Reads <paramref name="json"/> as this kind of document, and writes what was read; null when it is not one.</summary>
    public JsonNode? Rewrite(JsonNode json) => _rewrite(json.ToJsonString()) is { } text ? JsonNode.Parse(text) : null;

    public override string ToString() => Name;

    private static GoldenDocument Of<T>(string name, JsonTypeInfo<T> type)
        where T : class =>
        new(name, type, json => DocumentReader.Read(json, type) is { } document ? JsonSerializer.Serialize(document, type) : null);
}
