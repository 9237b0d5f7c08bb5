using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>The route of a request.</summary>
public sealed record ExplainedRoute
{
    /// <summary>Rule that led to the target, or the resolver; null when the name leads straight to its instances.</summary>
    public string? Name { get; set; }

    /// <summary>Cause of the error that ends the route in place of a target; absent if it ends at a target.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Cause { get; set; }

    /// <summary>Path and query sent to the target; null if unchanged.</summary>
    public string? Rewritten { get; set; }

    /// <summary>Evaluated rules in order; the last one matches.</summary>
    public ImmutableArray<ExplainedRule> Rules { get; set; } = [];

    /// <summary>Passed splitters in order.</summary>
    public ImmutableArray<ExplainedSplit> Splits { get; set; } = [];
}
