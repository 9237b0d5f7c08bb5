using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Routing;

/// <summary>Routes requests by their properties. The last rule matches every request.</summary>
/// <param name="Name">Name of the node, <c>SERVICE.default</c>.</param>
/// <param name="Rules">Rules in order: the first match decides.</param>
public sealed record RouterNode(string Name, ImmutableArray<RouteRule> Rules) : RouteNode(Name);
