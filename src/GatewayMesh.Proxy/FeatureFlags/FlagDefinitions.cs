using GatewayMesh.Configuration.Entries.Flags;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace GatewayMesh.Proxy.FeatureFlags;

/// <summary>
/// Definitions of feature flags for the library, from entries in place of its <c>IConfiguration</c>. Filters get their settings as objects
/// (<see cref="FeatureFilterConfiguration.ParametersObject"/>), so that nothing is bound by reflection.
/// </summary>
internal sealed class FlagDefinitions : IFeatureDefinitionProvider
{
    private readonly Dictionary<string, Task<FeatureDefinition>> _definitions;

    /// <summary>Creates the definitions of <paramref name="flags"/>.</summary>
    public FlagDefinitions(IEnumerable<FeatureFlagEntry> flags) =>
        _definitions = flags.ToDictionary(
            flag => flag.Name, flag => Task.FromResult(DefinitionOf(flag)), StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public Task<FeatureDefinition> GetFeatureDefinitionAsync(string featureName) => _definitions[featureName];

    /// <inheritdoc/>
    public async IAsyncEnumerable<FeatureDefinition> GetAllFeatureDefinitionsAsync()
    {
        foreach (var definition in _definitions.Values)
        {
            yield return await definition.ConfigureAwait(false);
        }
    }

    private static FeatureDefinition DefinitionOf(FeatureFlagEntry flag) => new()
    {
        Name = flag.Name,
        RequirementType = flag.RequiresAll ? RequirementType.All : RequirementType.Any,
        Status = flag.Enabled ? FeatureStatus.Conditional : FeatureStatus.Disabled,
        EnabledFor = flag.Filters.IsEmpty
            ? [new FeatureFilterConfiguration { Name = "AlwaysOn" }]
            : [.. flag.Filters.Select(FilterOf)],
    };

    private static FeatureFilterConfiguration FilterOf(FlagFilter filter) => filter.Kind switch
    {
        FlagFilterKind.Percentage => Filter("Microsoft.Percentage", new StickyPercentage.Share(filter.Percentage)),
        FlagFilterKind.TimeWindow => Filter("Microsoft.TimeWindow", WindowOf(filter.Window!)),
        FlagFilterKind.Targeting => Filter(
            "Microsoft.Targeting", new TargetingFilterSettings { Audience = AudienceOf(filter.Audience!) }),
        _ => new FeatureFilterConfiguration { Name = "AlwaysOn" },
    };

    private static FeatureFilterConfiguration Filter(string name, object settings) => new() { Name = name, ParametersObject = settings };

    private static TimeWindowFilterSettings WindowOf(FlagTimeWindow window) => new()
    {
        Start = window.Start,
        End = window.End,
        Recurrence = window.Recurrence is not { } recurrence ? null : new Recurrence
        {
            Pattern = new RecurrencePattern
            {
                Type = recurrence.IsWeekly ? RecurrencePatternType.Weekly : RecurrencePatternType.Daily,
                Interval = recurrence.Interval,
                DaysOfWeek = [.. recurrence.DaysOfWeek],
                FirstDayOfWeek = recurrence.FirstDayOfWeek,
            },
            Range = new RecurrenceRange
            {
                Type = recurrence.Range switch
                {
                    FlagRangeKind.EndDate => RecurrenceRangeType.EndDate,
                    FlagRangeKind.Numbered => RecurrenceRangeType.Numbered,
                    _ => RecurrenceRangeType.NoEnd,
                },
                EndDate = recurrence.EndDate ?? DateTimeOffset.MaxValue,
                NumberOfOccurrences = recurrence.NumberOfOccurrences ?? int.MaxValue,
            },
        },
    };

    private static Audience AudienceOf(FlagAudience audience) => new()
    {
        Users = [.. audience.Users],
        Groups = [.. audience.Groups.Select(group => new GroupRollout { Name = group.Name, RolloutPercentage = group.RolloutPercentage })],
        DefaultRolloutPercentage = audience.DefaultRolloutPercentage,
        Exclusion = new BasicAudience { Users = [.. audience.ExcludedUsers], Groups = [.. audience.ExcludedGroups] },
    };
}
