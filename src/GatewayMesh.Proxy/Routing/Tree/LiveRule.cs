using GatewayMesh.Configuration.Routing;
using GatewayMesh.Proxy.Routing.Matching;

namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>One rule of a router.</summary>
/// <param name="Match">Matched requests; null for all.</param>
/// <param name="Next">Next node of those requests.</param>
internal sealed record LiveRule(RouteMatcher? Match, LiveNode Next)
{
    /// <summary>Place of the rule in the route that declares it; null for a rule of a router's own entry.</summary>
    public RuleOrigin? Origin { get; init; }
}
