using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Configuration.Matching;

/// <summary>Which requests a rule of a router takes (Consul: <c>ServiceRouteHTTPMatch</c>): those that pass all of it.</summary>
public sealed record RouteMatch
{
    /// <summary>What is asked of the path; null for any.</summary>
    public PathRule? Path { get; init; }

    /// <summary>What is asked of header fields.</summary>
    public ImmutableArray<HeaderRule> Headers { get; init; } = [];

    /// <summary>Methods, in upper case; empty for any.</summary>
    public ImmutableArray<string> Methods { get; init; } = [];
}
