using System.Collections.Immutable;
using System.Text.Json;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Registry.Consul.Registration;

namespace GatewayMesh.Registry.Consul.Catalogue;

/// <summary>One registration in an answer of <c>/v1/health/…</c>.</summary>
/// <param name="entry">An item of the answer.</param>
internal readonly struct Registered(JsonElement entry)
{
    // Consul's own bounds of pairs; tags have none there.
    private const int MostPairs = 64;
    private const int LongestKey = 128;
    private const int MostTags = 64;
    private const int LongestText = 512;

    private readonly JsonElement _node = entry.GetProperty("Node"u8);
    private readonly JsonElement _service = entry.GetProperty("Service"u8);

    /// <summary>The registrations of an answer.</summary>
    public static IEnumerable<Registered> In(JsonDocument answer) => answer.RootElement.EnumerateArray().Select(entry => new Registered(entry));

    /// <summary>Id of the registration.</summary>
    public string Id => Text(_service, "ID") ?? "";

    /// <summary>Name that it is registered under.</summary>
    public string Service => Text(_service, "Service") ?? "";

    /// <summary>Where it is reached: the service's own address, else its host's. Null when it has no port or the address is none.</summary>
    public HostPort? Address =>
        (Text(_service, "Address") is { Length: > 0 } own ? own : Text(_node, "Address")) is { } host && Names.IsHost(host)
        && _service.TryGetProperty("Port"u8, out var number) && number.TryGetInt32(out var port) && port is > 0 and < 65536
            ? new HostPort(host, port)
            : null;

    /// <summary>Name of the mesh's node, else of Consul's. Never empty: an instance without a node would be called in the clear.</summary>
    public string Node => OurNode ?? (Text(_node, "Node") is { Length: > 0 } node ? node : "consul");

    /// <summary>Name of the mesh's node; null where the registration is not ours.</summary>
    public string? OurNode => MetaOf(MetaKeys.Node) is { Length: > 0 } node ? node : null;

    /// <summary>Datacenter of its host.</summary>
    public string? Datacenter => Text(_node, "Datacenter");

    /// <summary>Whether every check of it and of its host passes.</summary>
    public bool Passes =>
        !entry.TryGetProperty("Checks"u8, out var checks) || checks.ValueKind != JsonValueKind.Array || checks.EnumerateArray().All(check => Text(check, "Status") == "passing");

    /// <summary>
    /// Its share of the requests: <c>Weights.Warning</c> while one of its checks warns, else <c>Weights.Passing</c>. Default, as Consul's: 1.
    /// </summary>
    public int Weight =>
        _service.TryGetProperty("Weights"u8, out var weights) && weights.ValueKind == JsonValueKind.Object
        && weights.TryGetProperty(Warns ? "Warning"u8 : "Passing"u8, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var weight)
            ? Math.Clamp(weight, 0, 65535)
            : 1;

    /// <summary>Whether not every check passes, and the others only warn.</summary>
    public bool Warns => !Passes && entry.GetProperty("Checks"u8).EnumerateArray().All(check => Text(check, "Status") is "passing" or "warning");

    /// <summary>The section <c>Proxy</c>, or null.</summary>
    public JsonElement? Proxy => _service.TryGetProperty("Proxy"u8, out var proxy) && proxy.ValueKind == JsonValueKind.Object ? proxy : null;

    /// <summary>Tags: the first 64. Longer ones than 512 characters are left out: a registration is data from a stranger, and each one is kept for as long as it stands.</summary>
    public ImmutableArray<string> Tags =>
        _service.TryGetProperty("Tags"u8, out var tags) && tags.ValueKind == JsonValueKind.Array
            ? [.. tags.EnumerateArray().Take(MostTags).Select(tag => tag.GetString() ?? "").Where(tag => tag.Length <= LongestText)]
            : [];

    /// <summary>The user's own pairs, within the bounds that Consul has for them; those of the mesh are left out.</summary>
    public ImmutableSortedDictionary<string, string> Meta
    {
        get
        {
            var meta = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
            if (_service.TryGetProperty("Meta"u8, out var pairs) && pairs.ValueKind == JsonValueKind.Object)
            {
                foreach (var pair in pairs.EnumerateObject().Take(MostPairs).Where(pair => !pair.Name.StartsWith(MetaKeys.Prefix, StringComparison.Ordinal)))
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

    /// <summary>One pair, or null.</summary>
    public string? MetaOf(string key) => _service.TryGetProperty("Meta"u8, out var pairs) && pairs.ValueKind == JsonValueKind.Object ? Text(pairs, key) : null;

    /// <summary>One pair of its host, or null.</summary>
    public string? NodeMetaOf(string key) => _node.TryGetProperty("Meta"u8, out var pairs) && pairs.ValueKind == JsonValueKind.Object ? Text(pairs, key) : null;

    /// <summary>A text of an object; null when it is not there or none.</summary>
    public static string? Text(JsonElement element, string key) =>
        element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
