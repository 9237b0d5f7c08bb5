using GatewayMesh.Configuration.Entries.Splitters;

namespace GatewayMesh.Configuration.Routing;

/// <summary>A splitter in the making.</summary>
internal sealed class SplitterDraft(ServiceSplitterEntry entry) : Draft
{
    /// <summary>Its entry.</summary>
    public ServiceSplitterEntry Entry { get; } = entry;

    /// <summary>Its shares, in hundredths of a percent.</summary>
    public List<(int Weight, Draft Next, SplitEntry Split)> Legs { get; set; } = [];

    /// <inheritdoc/>
    public override IEnumerable<Draft> Next => Legs.Select(leg => leg.Next);
}
