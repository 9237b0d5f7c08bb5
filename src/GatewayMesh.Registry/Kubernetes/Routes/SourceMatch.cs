using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>A match of a rule.</summary>
/// <param name="Match">Conditions on the request; null for all requests.</param>
/// <param name="Rank">Precedence.</param>
internal sealed record SourceMatch(RouteMatch? Match, RuleRank Rank);
