using GatewayMesh.Proxy.Routing.Matching;

namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>One rule of a router.</summary>
/// <param name="Match">Which requests it takes; null for all.</param>
/// <param name="Next">Where they go.</param>
internal sealed record LiveRule(RouteMatcher? Match, LiveNode Next);
