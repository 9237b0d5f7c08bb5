using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Routing;

/// <summary>One rule of a router.</summary>
/// <param name="Match">Which requests it takes; null for all.</param>
/// <param name="Action">What becomes of them on the way.</param>
/// <param name="Next">Where they go.</param>
public sealed record RouteRule(RouteMatch? Match, RouteAction Action, RouteNode Next);
