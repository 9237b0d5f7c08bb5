using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Routing;

/// <summary>Shares requests out by weight.</summary>
/// <param name="Name">Its name, <c>SERVICE.default</c>.</param>
/// <param name="Legs">The shares; their weights add up to 10,000.</param>
public sealed record SplitterNode(string Name, ImmutableArray<SplitLeg> Legs) : RouteNode(Name);
