using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries.Splitters;
using GatewayMesh.Configuration.Headers;
using GatewayMesh.Configuration.Policies.Flags;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.FeatureFlags;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Routing.Matching;
using GatewayMesh.Proxy.Routing.Tree;

namespace GatewayMesh.Proxy.Routing.Reports;

/// <summary>Follows a route as a request would and records each step. For humans: slow, and marks nothing as used.</summary>
internal static class RouteTrace
{
    /// <summary>Returns the route of a request for <paramref name="service"/>, and changes the request as the route does.</summary>
    public static RouteReport Of(LiveMesh mesh, string service, string callers, DescribedRequest request, FieldEdit? edge, long now)
    {
        var own = mesh.Endpoints.Find(service);
        if (mesh.Routes.Find(service, callers) is not { } routes)
        {
            return own is null
                ? new RouteReport(service) { Error = MeshErrorKind.DestinationNotFound }
                : OfOwn(mesh, own, request, edge, now);
        }

        var rules = ImmutableArray.CreateBuilder<RuleReport>();
        var splits = ImmutableArray.CreateBuilder<SplitReport>();
        var end = Walk(routes, new AskedRoute(request, request.PathAndQuery), mesh.Routes.Draw(), rules, splits);
        if (end is not LiveLeaf leaf)
        {
            var answer = end as LiveAnswer;
            return new RouteReport(own?.Service ?? service)
            {
                Error = answer?.Error ?? MeshErrorKind.DestinationNotFound,
                Cause = answer?.Name,
                Route = answer?.Rule,
                Rules = rules.ToImmutable(),
                Splits = splits.ToImmutable(),
            };
        }

        var chosen = mesh.Routes.Choose(leaf, mayAsk: true);
        var target = leaf.Targets[chosen];
        if (request.IsVerifiedFirst || target.Instances.HasBare || leaf.FlagsReachBare)
        {
            request.RemoveClaims(target.Policy, mesh.Snapshot, target.Instances.Service);
        }

        // A failover target may be another service, with another policy.
        var flags = target.Instances.Service == leaf.Targets[0].Instances.Service ? Flags(mesh, leaf.Uses, request) : [];
        if (flags is [.., { IsOn: true }])
        {
            leaf = leaf.Flagged[flags.Length - 1];
            chosen = mesh.Routes.Choose(leaf, mayAsk: true);
            target = leaf.Targets[chosen];
        }

        if (request.IsVerifiedFirst || target.Instances.HasBare)
        {
            request.RemoveAnswers(target.Policy, target.Instances.Service);
        }

        var rewritten = leaf.Rewrite?.Apply(request.PathAndQuery);
        request.Change(leaf.Edits?.Request, edge, leaf.Host, rewritten);
        return new RouteReport(own?.Service ?? service)
        {
            Error = ErrorOf(target.Instances),
            Route = leaf.Rule,
            Rules = rules.ToImmutable(),
            Splits = splits.ToImmutable(),
            Flags = flags,
            Targets = [.. leaf.Targets.Select(each => Report(each.Id, each.Instances, now))],
            Chosen = chosen,
            Rewritten = rewritten,
            Policy = target.Policy,
        };
    }

    /// <summary>Returns the route of a request for one instance of <paramref name="service"/>, named by its address.</summary>
    public static RouteReport Of(LiveMesh mesh, string service, HostPort instance, long now) =>
        mesh.Endpoints.FindInstance(service, instance) is { } only
            ? new RouteReport(only.Service) { Error = ErrorOf(only), Targets = [Report(only.Service, only, now)], Policy = only.Policy }
            : new RouteReport(service) { Error = MeshErrorKind.DestinationNotFound };

    // The name leads directly to the instances of the service.
    private static RouteReport OfOwn(LiveMesh mesh, EndpointSet own, DescribedRequest request, FieldEdit? edge, long now)
    {
        var isVerified = request.IsVerifiedFirst || own.HasBare;
        if (isVerified)
        {
            request.RemoveClaims(own.Policy, mesh.Snapshot, own.Service);
        }

        var flags = Flags(mesh, own.Policy.Flags, request);
        var policy = flags is [.., { IsOn: true }] ? own.Policy.WithFlag(flags.Length - 1) : own.Policy;
        if (isVerified)
        {
            request.RemoveAnswers(policy, own.Service);
        }

        request.Change(null, edge, null, null);
        return new RouteReport(own.Service)
        {
            Error = ErrorOf(own),
            Flags = flags,
            Targets = [Report(own.Service, own, now)],
            Policy = policy,
        };
    }

    private static ImmutableArray<FlagReport> Flags(LiveMesh mesh, ImmutableArray<FlagUse> uses, DescribedRequest request)
    {
        var reports = ImmutableArray.CreateBuilder<FlagReport>();
        foreach (var use in uses)
        {
            var flag = mesh.Flags.Find(use.Flag);
            var subject = flag is { NeedsSubject: true }
                ? RequestSubject.Of(request, flag.Entry, mesh.Routes.Draw().Number)
                : FlagSubject.Nobody;
            var decision = mesh.Flags.Decide(flag, subject);
            reports.Add(new FlagReport(use, decision.IsOn, decision.Reason, subject.User));
            if (decision.IsOn)
            {
                break;
            }
        }

        return reports.ToImmutable();
    }

    private static LiveNode? Walk(
        LiveNode routes,
        in AskedRoute asked,
        SplitSample draw,
        ImmutableArray<RuleReport>.Builder rules,
        ImmutableArray<SplitReport>.Builder splits)
    {
        var depth = 0;
        for (LiveNode? at = routes; at is not null;)
        {
            switch (at)
            {
                case LiveLeaf or LiveAnswer:
                    return at;
                case LiveRouter router:
                    at = First(router, asked, rules);
                    break;
                case LiveSplitter splitter:
                    at = splitter.Next(draw, depth++);
                    var drawn = splitter.Legs.Select(leg => leg.Next).ToList().IndexOf(at);
                    splits.Add(new SplitReport(splitter.Name, Legs(splitter), drawn));
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    // Weights in hundredths of a percent, whatever their sum is.
    private static ImmutableArray<LegReport> Legs(LiveSplitter splitter)
    {
        var total = Math.Max(1, splitter.Legs.Sum(static leg => (long)leg.Weight));
        return
        [
            .. splitter.Legs.Select(
                leg => new LegReport((int)Math.Round(leg.Weight * (double)SplitEntry.Whole / total), leg.Next.Name)),
        ];
    }

    private static LiveNode? First(LiveRouter router, in AskedRoute asked, ImmutableArray<RuleReport>.Builder rules)
    {
        for (var i = 0; i < router.Rules.Length; i++)
        {
            var rule = router.Rules[i];
            var whyNot = rule.Match?.WhyNot(asked);
            rules.Add(
                new RuleReport(
                    rule.Origin?.Route ?? router.Name, rule.Origin?.Index ?? i, rule.Match?.ToString() ?? "everything", whyNot));
            if (whyNot is null)
            {
                return rule.Next;
            }
        }

        return null;
    }

    private static MeshErrorKind ErrorOf(EndpointSet set) =>
        !set.All.IsEmpty || set.IsDormant ? MeshErrorKind.None : set.IsRefused ? MeshErrorKind.AddressRefused : MeshErrorKind.NoEndpoint;

    private static TargetReport Report(string id, EndpointSet set, long now) => new(
        id,
        set.Service,
        set.Protocol,
        set.IsDormant ? TargetState.Dormant
            : set.IsRefused ? TargetState.Refused
            : set.All.IsEmpty ? TargetState.Empty
            : set.Healthy.IsEmpty ? TargetState.Unhealthy
            : set.IsAvailable(now) ? TargetState.Well : TargetState.Ejected,
        [.. set.All.Select(state => state.Key)]);
}
