using System.Collections.Immutable;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Nodes;
using GatewayMesh.Proxy.Routing.Reports;

namespace GatewayMesh.Admin.Views;

/// <summary>The route of a request, for <c>/explain</c>: rules, splits, targets, and the instances of the chosen target.</summary>
internal static class RouteView
{
    /// <summary>Rules and splits that lead to the target.</summary>
    internal static ExplainedRoute Of(RouteReport report) => new()
    {
        Name = report.Route,
        Cause = report.Cause,
        Rewritten = report.Rewritten,
        Rules =
        [
            .. report.Rules.Select(rule => new ExplainedRule
            {
                Router = rule.Router,
                Rule = rule.Index,
                Asks = rule.Asks,
                Matches = rule.WhyNot is null,
                Fails = rule.WhyNot,
            }),
        ],
        Splits =
        [
            .. report.Splits.Select(split => new ExplainedSplit
            {
                Splitter = split.Splitter,
                Legs =
                [
                    .. split.Legs.Select(
                        (leg, index) => new ExplainedLeg { Percent = leg.Weight / 100m, To = leg.To, Drawn = index == split.Drawn }),
                ],
            }),
        ],
    };

    /// <summary>Target and failover targets.</summary>
    /// <param name="report">The route.</param>
    /// <param name="decide">Decides whether intentions allow the call of a service; null when the caller is unknown.</param>
    internal static ImmutableArray<ExplainedTarget> Targets(RouteReport report, Func<string, CheckedIntention>? decide) =>
    [
        .. report.Targets.Select((target, index) => new ExplainedTarget
        {
            Id = target.Id,
            Service = target.Service,
            State = target.State.ToString().ToLowerInvariant(),
            Instances = target.Instances.Length,
            Chosen = index == report.Chosen,
            Allowed = decide?.Invoke(target.Service) is { Enforced: true } intention ? intention.Allowed : null,
        }),
    ];

    /// <summary>Live instances of the chosen target.</summary>
    internal static ImmutableArray<EndpointStatus> Instances(MeshNode node, TargetReport target)
    {
        var live = node.Plane.Inspection.Endpoints().ToLookup(view => (view.Service, view.Id, view.Address));
        return [.. target.Instances.SelectMany(key => live[(key.Service, key.Id, key.Address)].Take(1)).Select(EndpointList.Of)];
    }
}
