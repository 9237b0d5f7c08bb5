using System.Collections.Immutable;
using System.Text.Json;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Registry.Consul.Registration;

namespace GatewayMesh.Registry.Consul.Catalog;

/// <summary>One registration in an answer to <c>/v1/health/…</c>.</summary>
/// <param name="entry">One item of the answer.</param>
internal readonly struct Registered(JsonElement entry)
{
    // Consul's own limits for metadata pairs. Consul has no limit for tags.
    private const int MaxPairs = 64;
    private const int LongestKey = 128;
    private const int MaxTags = 64;
    private const int LongestText = 512;

    private readonly JsonElement _node = entry.GetProperty("Node"u8);
    private readonly JsonElement _service = entry.GetProperty("Service"u8);

    /// <summary>The registrations of an answer.</summary>
    public static IEnumerable<Registered> In(JsonDocument answer) =>
        answer.RootElement.EnumerateArray().Select(entry => new Registered(entry));

    /// <summary>Id of the registration.</summary>
    public string Id => Text(_service, "ID") ?? "";

    /// <summary>Name of the registered service.</summary>
    public string Service => Text(_service, "Service") ?? "";

    /// <summary>The address: the service's own, else its host's. Null without a port or with an invalid address.</summary>
    public HostPort? Address =>
        (Text(_service, "Address") is { Length: > 0 } own ? own : Text(_node, "Address")) is { } host && Names.IsHost(host)
        && _service.TryGetProperty("Port"u8, out var number) && number.TryGetInt32(out var port) && port is > 0 and < 65536
            ? new HostPort(host, port)
            : null;

    /// <summary>
    /// Name of the mesh node, else of Consul's node. Never empty: calls to an instance without a node would be plaintext.
    /// </summary>
    public string Node => OurNode ?? (Text(_node, "Node") is { Length: > 0 } node ? node : "consul");

    /// <summary>Name of the mesh node; null when the registration is not from this mesh.</summary>
    public string? OurNode => MetaOf(MetaKeys.Node) is { Length: > 0 } node ? node : null;

    /// <summary>Datacenter of the host.</summary>
    public string? Datacenter => Text(_node, "Datacenter");

    /// <summary>True if every check of the instance and of its host passes.</summary>
    public bool Passes =>
        !entry.TryGetProperty("Checks"u8, out var checks)
            || checks.ValueKind != JsonValueKind.Array
            || checks.EnumerateArray().All(check => Text(check, "Status") == "passing");

    /// <summary>
    /// The instance's load-balancing weight: <c>Weights.Warning</c> while one of its checks warns, else <c>Weights.Passing</c>. Default, as
    /// in Consul: 1.
    /// </summary>
    public int Weight =>
        _service.TryGetProperty("Weights"u8, out var weights) && weights.ValueKind == JsonValueKind.Object
        && weights.TryGetProperty(Warns ? "Warning"u8 : "Passing"u8, out var number)
            && number.ValueKind == JsonValueKind.Number
            && number.TryGetInt32(out var weight)
            ? Math.Clamp(weight, 0, 65535)
            : 1;

    /// <summary>True if at least one check warns and no check is critical.</summary>
    public bool Warns =>
        !Passes && entry.GetProperty("Checks"u8).EnumerateArray().All(check => Text(check, "Status") is "passing" or "warning");

    /// <summary>The section <c>Proxy</c>, or null.</summary>
    public JsonElement? Proxy =>
        _service.TryGetProperty("Proxy"u8, out var proxy) && proxy.ValueKind == JsonValueKind.Object ? proxy : null;

    /// <summary>
    /// The first 64 tags. Tags over 512 characters are dropped: a registration is untrusted data and stays in memory while it exists.
    /// </summary>
    public ImmutableArray<string> Tags =>
        _service.TryGetProperty("Tags"u8, out var tags) && tags.ValueKind == JsonValueKind.Array
            ? [.. tags.EnumerateArray().Take(MaxTags).Select(tag => tag.GetString() ?? "").Where(tag => tag.Length <= LongestText)]
            : [];

    /// <summary>The user's own metadata, within Consul's limits and without the pairs of the mesh.</summary>
    public ImmutableSortedDictionary<string, string> Meta
    {
        get
        {
            var meta = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
            if (_service.TryGetProperty("Meta"u8, out var pairs) && pairs.ValueKind == JsonValueKind.Object)
            {
                foreach (var pair in pairs.EnumerateObject().Take(MaxPairs).Where(pair =>
                    !pair.Name.StartsWith(MetaKeys.Prefix, StringComparison.Ordinal)))
                {
                    if (pair.Name.Length <= LongestKey && pair.Value.GetString() is var value && (value?.Length ?? 0) <= LongestText)
                    {
                        meta[pair.Name] = value ?? "";
                    }
                }
            }

            return meta.ToImmutable();
        }
    }

    /// <summary>One metadata pair, or null.</summary>
    public string? MetaOf(string key) =>
        _service.TryGetProperty("Meta"u8, out var pairs) && pairs.ValueKind == JsonValueKind.Object ? Text(pairs, key) : null;

    /// <summary>One metadata pair of the host, or null.</summary>
    public string? NodeMetaOf(string key) =>
        _node.TryGetProperty("Meta"u8, out var pairs) && pairs.ValueKind == JsonValueKind.Object ? Text(pairs, key) : null;

    /// <summary>A string property of an object; null if the property is missing or not a string.</summary>
    public static string? Text(JsonElement element, string key) =>
        element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
