using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Flags;

/// <summary>
/// <c>kind: feature-flag</c>: a feature flag in the schema of Microsoft.FeatureManagement. The library evaluates it; policies name it
/// (<c>flags</c>).
/// </summary>
public sealed record FeatureFlagEntry : ConfigEntry
{
    private static readonly ScalarType<bool> Requirement = ScalarTypes.Word([("Any", false), ("All", true)]);

    /// <inheritdoc/>
    public override string Kind => "feature-flag";

    /// <summary><c>enabled</c>: false if the flag is off for every request. Default: false, as in the library.</summary>
    public bool Enabled { get; init; }

    /// <summary><c>conditions.requirement_type</c>: true if all filters must hold, false if any of them. Default: false.</summary>
    public bool RequiresAll { get; init; }

    /// <summary><c>conditions.client_filters</c>: conditions of an enabled flag. Default: none, which means every request.</summary>
    public ImmutableArray<FlagFilter> Filters { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary><c>user</c>: part of a request that names its user. Default: the field <c>x-user</c>.</summary>
    public FlagSubjectKey User { get => field ?? FlagSubjectKey.DefaultUser; init; } = FlagSubjectKey.DefaultUser;

    /// <summary><c>groups</c>: part of a request that lists the groups of its user. Default: the field <c>x-groups</c>.</summary>
    public FlagSubjectKey Groups { get => field ?? FlagSubjectKey.DefaultGroups; init; } = FlagSubjectKey.DefaultGroups;

    /// <summary>The flag as canonical JSON: for the revision, <c>/config</c>, and comparison.</summary>
    [JsonIgnore]
    public string Text => FlagJson.Write(this);

    /// <summary>Compares by content.</summary>
    public bool Equals(FeatureFlagEntry? other) => ReferenceEquals(this, other) || (other is not null && Text == other.Text);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    internal static FeatureFlagEntry Bind(MappingReader reader, string name, SourceLocation origin)
    {
        if (reader.Has("id") && reader.Optional("id", ScalarTypes.Name, name) is var id && id != name)
        {
            reader.Fail("id", $"is {id}, but the name is {name}", "remove one of them");
        }

        _ = reader.Has("description") ? reader.Optional("description", ScalarTypes.Text, "") : "";
        reader.NotYet("variants", "declare a feature-flag for each variant, and use each in flags of a service-policy");
        reader.NotYet("allocation", "use the filter Microsoft.Targeting under conditions.client_filters");
        reader.NotYet("telemetry", "remove the key: gatewaymesh_flag_decisions_total counts every decision");
        var (all, filters) = reader.Section("conditions", Conditions);
        return new FeatureFlagEntry
        {
            Name = name,
            Origin = origin,
            Enabled = reader.Optional("enabled", ScalarTypes.Flag, false),
            RequiresAll = all,
            Filters = filters,
            User = reader.Optional("user", FlagSubjectKey.Type, FlagSubjectKey.DefaultUser),
            Groups = reader.Optional("groups", FlagSubjectKey.Type, FlagSubjectKey.DefaultGroups),
        };
    }

    private static (bool All, ImmutableArray<FlagFilter> Filters) Conditions(MappingReader reader) =>
        (reader.Optional("requirement_type", Requirement, false), reader.Items("client_filters", FlagFilter.Bind));
}
