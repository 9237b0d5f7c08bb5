using GatewayMesh.Proxy.Routing.Matching;

namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>One rule of a router.</summary>
/// <param name="Match">Matched requests; null for all.</param>
/// <param name="Next">Next node of those requests.</param>
internal sealed record LiveRule(RouteMatcher? Match, LiveNode Next);
