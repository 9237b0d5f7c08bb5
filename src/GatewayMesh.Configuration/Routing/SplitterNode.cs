using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Routing;

/// <summary>Distributes requests by weight.</summary>
/// <param name="Name">Name of the node, <c>SERVICE.default</c>.</param>
/// <param name="Legs">Shares. The weights of a service-splitter add up to 10,000.</param>
public sealed record SplitterNode(string Name, ImmutableArray<SplitLeg> Legs) : RouteNode(Name);
