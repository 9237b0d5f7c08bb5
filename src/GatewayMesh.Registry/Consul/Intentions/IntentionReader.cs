using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Registry.Consul.Entries;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Consul.Intentions;

/// <summary>
/// Reads <c>/v1/connect/intentions</c>. Consul 1.8 has actions only. Later versions add permissions and fields for namespaces, partitions,
/// peers and sameness groups; intentions of other tenants never apply here. An intention of our tenant that is not understood denies: a
/// lost rule must not grant access.
/// </summary>
internal static class IntentionReader
{
    // The names of the default tenant and of all tenants.
    private static readonly string[] OurTenants = ["", "default", "*"];

    private static readonly (string Key, string What)[] Tenants =
        [
            ("SourceNS", "namespace"),
            ("DestinationNS", "namespace"),
            ("SourcePartition", "partition"),
            ("DestinationPartition", "partition")];

    /// <summary>The intentions by source and destination, numbered where a name occurs twice.</summary>
    /// <exception cref="JsonException">The list is not JSON.</exception>
    /// <exception cref="InvalidOperationException">The JSON is not a list of intentions.</exception>
    public static ImmutableSortedDictionary<string, ReadIntention> Read(ReadOnlyMemory<byte> body)
    {
        using var document = ConsulJson.Parse(body);
        var intentions = ImmutableSortedDictionary.CreateBuilder<string, ReadIntention>(StringComparer.Ordinal);
        foreach (var item in document.RootElement.EnumerateArray())
        {
            var (source, destination) = (TextOf(item, "SourceName"), TextOf(item, "DestinationName"));
            var foreign = ForeignOf(item);
            var name = $"{source} → {destination}{(foreign is null ? "" : $" ({foreign})")}";
            intentions[name] = foreign is null
                ? BindOrDeny(item, source, destination)
                : new ReadIntention(destination, null,
                    $"the intention {source} → {destination} belongs to another {foreign} and is ignored", null);
        }

        return intentions.ToImmutable();
    }

    private static ReadIntention BindOrDeny(JsonElement item, string source, string destination)
    {
        var name = $"consul:intention/{source}→{destination}";
        try
        {
            return JsonMarshal.GetRawUtf8Value(item).Length <= YamlDocuments.MaxBytes
                ? Bind(item, source, destination)
                : Refused(YamlText.TooLarge(name, YamlDocuments.MaxBytes));
        }
        catch (JsonException exception)
        {
            return Refused(new ConfigError(SourceLocation.Option(name), "", $"cannot be read ({exception.Message})", "reduce the nesting"));
        }

        ReadIntention Refused(ConfigError error) =>
            new(destination, new IntentionSource(source) { Action = IntentionAction.Deny }, null, Denying(error));
    }

    private static ReadIntention Bind(JsonElement item, string source, string destination)
    {
        var errors = new ConfigErrors();
        var name = $"consul:intention/{source}→{destination}";
        var location = SourceLocation.Option(name);
        var pairs = ImmutableArray.CreateBuilder<ConfigPair>();
        pairs.Add(new ConfigPair("name", location, new ConfigScalar(source, location)));
        foreach (var (key, written) in (ReadOnlySpan<(string, string)>)[("Action", "action"), ("Permissions", "permissions")])
        {
            // An intention with permissions has an empty action. An intention with an action has null permissions.
            if (item.TryGetProperty(key, out var value)
                && value is not { ValueKind: JsonValueKind.Null } and not { ValueKind: JsonValueKind.Array }
                || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0))
            {
                if (value.ValueKind != JsonValueKind.String || value.GetString() is { Length: > 0 })
                {
                    pairs.Add(new ConfigPair(written, location, JsonTree.Read(JsonMarshal.GetRawUtf8Value(value), name)));
                }
            }
        }

        ImmutableArray<ConfigPair> entry =
        [
            new ConfigPair("kind", location, new ConfigScalar("service-intentions", location)),
            new ConfigPair("name", location, new ConfigScalar(destination, location)),
            new ConfigPair("sources", location, new ConfigSequence([new ConfigMapping(pairs.ToImmutable(), location)], location)),
        ];

        // Required by the whole entry that the intention is part of (Consul 1.16 and later).
        if (item.TryGetProperty("JWT", out var token) && token.ValueKind != JsonValueKind.Null)
        {
            entry = entry.Add(new ConfigPair("JWT", location, JsonTree.Read(JsonMarshal.GetRawUtf8Value(token), name)));
        }

        return EntryBinder.Bind(new ConfigMapping(entry, location), errors) is ServiceIntentionsEntry { Sources: [var bound], Jwt: var jwt }
            ? new ReadIntention(destination, bound with { Description = TextOf(item, "Description") }, null, null) { Jwt = jwt }
            : new ReadIntention(
                destination, new IntentionSource(source) { Action = IntentionAction.Deny }, null, Denying(errors.ToSorted()[0]));
    }

    private static ConfigError Denying(ConfigError error) => error with { Fix = $"{error.Fix}; until then this intention denies" };

    private static string? ForeignOf(JsonElement item)
    {
        foreach (var (key, what) in Tenants)
        {
            if (!OurTenants.Contains(TextOf(item, key)))
            {
                return $"{what}, {TextOf(item, key)}";
            }
        }

        return TextOf(item, "SourcePeer") is { Length: > 0 } peer ? $"cluster, {peer}"
            : TextOf(item, "SourceSamenessGroup") is { Length: > 0 } group ? $"sameness group, {group}"
            : TextOf(item, "SourceType") is { Length: > 0 } type and not "consul" ? $"kind of source, {type}"
            : null;
    }

    private static string TextOf(JsonElement item, string key) =>
        item.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
