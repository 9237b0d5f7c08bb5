using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries.MeshRouting;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>A rule of a route, before it is placed at a service.</summary>
/// <param name="Rule">The rule without a match.</param>
/// <param name="Matches">Its matches. Of a refused rule, those that are understood: their requests get an error.</param>
/// <param name="Problem">Reason why the rule is refused; null if it is not.</param>
internal sealed record SourceRule(MeshRouteRule Rule, ImmutableArray<SourceMatch> Matches, RouteProblem? Problem);
