using System.Collections.Immutable;

namespace GatewayMesh.Admin.Documents;

/// <summary>A splitter on the route.</summary>
public sealed record ExplainedSplit
{
    /// <summary>Name of the splitter.</summary>
    public string Splitter { get; set; } = "";

    /// <summary>Shares of the splitter.</summary>
    public ImmutableArray<ExplainedLeg> Legs { get; set; } = [];
}
