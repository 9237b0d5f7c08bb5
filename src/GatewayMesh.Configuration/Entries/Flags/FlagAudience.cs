using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Flags;

/// <summary><c>Audience</c> of the filter <c>Microsoft.Targeting</c>. Names of users and groups are compared with case.</summary>
public sealed record FlagAudience
{
    private static readonly ScalarType<double> Share = ScalarTypes.Real(0, 100);

    /// <summary><c>Users</c>: users for whom the flag is on. Default: none.</summary>
    public ImmutableArray<string> Users { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary><c>Groups</c>: groups, each with the share of its users for whom the flag is on. Default: none.</summary>
    public ImmutableArray<FlagGroup> Groups { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary><c>DefaultRolloutPercentage</c>: share of all other users, 0 to 100. Default: 0.</summary>
    public double DefaultRolloutPercentage { get; init; }

    /// <summary><c>Exclusion.Users</c>: users for whom the flag is off. Default: none.</summary>
    public ImmutableArray<string> ExcludedUsers { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary><c>Exclusion.Groups</c>: groups for whose users the flag is off. Default: none.</summary>
    public ImmutableArray<string> ExcludedGroups { get => field.IsDefault ? [] : field; init; } = [];

    internal static FlagAudience Bind(MappingReader reader)
    {
        var (users, groups) = reader.Section(
            "exclusion", section => (section.List("users", ScalarTypes.Text), section.List("groups", ScalarTypes.Text)));
        return new FlagAudience
        {
            Users = reader.List("users", ScalarTypes.Text),
            Groups = reader.Items(
                "groups",
                item => new FlagGroup(
                    item.Required("name", ScalarTypes.Text) ?? "", item.Optional("rolloutPercentage", Share, 0))),
            DefaultRolloutPercentage = reader.Optional("defaultRolloutPercentage", Share, 0),
            ExcludedUsers = users,
            ExcludedGroups = groups,
        };
    }
}
