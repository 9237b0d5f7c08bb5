using System.Collections.Immutable;
using System.Globalization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Splitters;

/// <summary><c>kind: service-splitter</c>, as in Consul: shares of a service's requests by weight.</summary>
public sealed record ServiceSplitterEntry : ConfigEntry
{
    /// <inheritdoc/>
    public override string Kind => "service-splitter";

    /// <summary>Splits; their weights add up to <see cref="SplitEntry.Whole"/>.</summary>
    public ImmutableArray<SplitEntry> Splits { get => field.IsDefault ? [] : field; init; } = [];

    internal static ServiceSplitterEntry Bind(MappingReader reader, string name, SourceLocation origin)
    {
        _ = reader.Map("meta");
        var found = new HashSet<(string, string)>();
        var splits = reader.Items("splits", item =>
        {
            var split = SplitEntry.Bind(item);
            if (!found.Add((split.Service.Length > 0 ? split.Service : name, split.ServiceSubset)))
            {
                item.Fail("has the same destination as another split of this entry", "merge the splits and add their weights");
            }

            return split;
        });
        var sum = splits.Sum(split => split.Weight);
        if (splits.IsEmpty)
        {
            reader.Fail(
                reader.LocationOf("splits"),
                reader.PathOf("splits"),
                reader.Has("splits") ? "is empty" : "is missing",
                "add splits, for example splits: [ { weight: 90, serviceSubset: v1 }, { weight: 10, serviceSubset: v2 } ]");
        }
        else if (sum != SplitEntry.Whole)
        {
            reader.Fail(
                "splits",
                string.Create(CultureInfo.InvariantCulture, $"the weights add up to {sum / 100m:0.##}, each rounded to 0.01"),
                "make them add up to 100");
        }

        return new ServiceSplitterEntry { Name = name, Origin = origin, Splits = splits };
    }
}
