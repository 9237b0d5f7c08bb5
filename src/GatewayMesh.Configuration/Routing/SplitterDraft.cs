using GatewayMesh.Configuration.Entries.Splitters;

namespace GatewayMesh.Configuration.Routing;

/// <summary>A splitter during compilation.</summary>
internal sealed class SplitterDraft(ServiceSplitterEntry entry) : Draft
{
    /// <summary>Entry of the splitter.</summary>
    public ServiceSplitterEntry Entry { get; } = entry;

    /// <summary>Shares, in hundredths of a percent.</summary>
    public List<(int Weight, Draft Next, SplitEntry Split)> Legs { get; set; } = [];

    /// <inheritdoc/>
    public override IEnumerable<Draft> Next => Legs.Select(leg => leg.Next);
}
