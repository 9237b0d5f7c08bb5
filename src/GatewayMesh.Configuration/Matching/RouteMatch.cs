using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Configuration.Matching;

/// <summary>Which requests a rule of a router takes (Consul: <c>ServiceRouteHTTPMatch</c>): those that pass all of it.</summary>
public sealed record RouteMatch
{
    /// <summary>What is asked of the path; null for any.</summary>
    public PathRule? Path { get; init; }

    /// <summary>Whether letters of the path are compared without case (Consul 1.19 and later). Default: false.</summary>
    public bool CaseInsensitive { get; init; }

    /// <summary>What is asked of header fields, all of it.</summary>
    public ImmutableArray<HeaderRule> Headers { get; init; } = [];

    /// <summary>What is asked of parameters of the query, all of it.</summary>
    public ImmutableArray<QueryRule> Query { get; init; } = [];

    /// <summary>Methods, in upper case; empty for any.</summary>
    public ImmutableArray<string> Methods { get; init; } = [];
}
