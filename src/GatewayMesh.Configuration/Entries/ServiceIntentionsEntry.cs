using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries.Tokens;

namespace GatewayMesh.Configuration.Entries;

/// <summary>
/// <c>kind: service-intentions</c>, as in Consul: the callers permitted to call a service. The entry's name is the name of the destination;
/// <c>*</c> for every destination whose own entry does not mention the caller.
/// </summary>
public sealed record ServiceIntentionsEntry : ConfigEntry
{
    /// <inheritdoc/>
    public override string Kind => "service-intentions";

    /// <summary>Sources; names are unique.</summary>
    public ImmutableArray<IntentionSource> Sources { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Token that every request needs; null for none.</summary>
    public JwtRequirement? Jwt { get; init; }

    /// <summary>Names of all jwt-provider entries that the intentions name.</summary>
    [JsonIgnore]
    public IEnumerable<string> Providers => Sources.SelectMany(source => source.Permissions)
        .Select(permission => permission.Jwt)
        .Append(Jwt)
        .OfType<JwtRequirement>()
        .SelectMany(jwt => jwt.Providers)
        .Select(provider => provider.Name)
        .Distinct(StringComparer.Ordinal);

    internal static ServiceIntentionsEntry Bind(MappingReader reader, string name, SourceLocation origin)
    {
        _ = reader.Map("meta");
        var names = new HashSet<string>(StringComparer.Ordinal);
        var sources = reader.Items("sources", item => BindSource(item, name, names));
        if (sources.IsEmpty)
        {
            reader.Fail(
                reader.LocationOf("sources"),
                reader.PathOf("sources"),
                reader.Has("sources") ? "is empty" : "is missing",
                "add a source, for example sources: [ { name: web, action: allow } ]");
        }

        return new ServiceIntentionsEntry { Name = name, Origin = origin, Sources = sources, Jwt = JwtRequirement.Bind(reader) };
    }

    private static IntentionSource BindSource(MappingReader reader, string destination, HashSet<string> names)
    {
        var source = IntentionSource.Bind(reader);
        if (source.Name.Length > 0 && !names.Add(source.Name))
        {
            reader.Fail("name", $"the source {source.Name} is listed twice in this entry", "remove one of them");
        }

        if (destination == IntentionSource.All && !source.Permissions.IsEmpty)
        {
            reader.Fail(
                "permissions", "the destination * takes no permissions", "set action: allow or action: deny, or name the destination");
        }

        return source;
    }
}
