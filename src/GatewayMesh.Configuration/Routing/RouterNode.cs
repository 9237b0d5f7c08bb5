using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Routing;

/// <summary>Sends requests different ways by what they look like. The last rule takes every request.</summary>
/// <param name="Name">Its name, <c>SERVICE.default</c>.</param>
/// <param name="Rules">In order: the first that matches decides.</param>
public sealed record RouterNode(string Name, ImmutableArray<RouteRule> Rules) : RouteNode(Name);
