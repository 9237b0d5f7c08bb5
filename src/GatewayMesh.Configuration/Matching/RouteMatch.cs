using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Configuration.Matching;

/// <summary>A router's conditions on a request (Consul: <c>ServiceRouteHTTPMatch</c>), all of which must hold.</summary>
public sealed record RouteMatch
{
    /// <summary>Condition on the path; null for any.</summary>
    public PathRule? Path { get; init; }

    /// <summary>True if the case of the path is ignored (Consul 1.19 and later). Default: false.</summary>
    public bool CaseInsensitive { get; init; }

    /// <summary>
    /// True if a path prefix ends with a segment: <c>/v2</c> and <c>/v2/</c> match <c>/v2</c> and <c>/v2/x</c>, not <c>/v2example</c>
    /// (Gateway API). Default: false, as in Consul.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool BySegments { get; init; }

    /// <summary>Conditions on header fields, all of which must hold.</summary>
    public ImmutableArray<HeaderRule> Headers { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Conditions on query parameters, all of which must hold.</summary>
    public ImmutableArray<QueryRule> Query { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Methods, in upper case; empty for any.</summary>
    public ImmutableArray<string> Methods { get => field.IsDefault ? [] : field; init; } = [];
}
