using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Routing;

/// <summary>A rule of a router.</summary>
/// <param name="Match">Conditions on the request; null for all requests.</param>
/// <param name="Action">Changes to the request.</param>
/// <param name="Next">Next node.</param>
public sealed record RouteRule(RouteMatch? Match, RouteAction Action, RouteNode Next)
{
    /// <summary>Place of the rule in the route that declares it; null for a rule of a router's own entry.</summary>
    public RuleOrigin? Origin { get; init; }
}
