using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Headers;
using GatewayMesh.Configuration.Policies.Flags;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Routing.Matching;

namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>
/// Compiles the live form of one service's route: a rule's timeouts, retries, and paths are merged into the policies at the leaves, so that
/// a request needs only lookups.
/// </summary>
/// <param name="endpoints">Live instances.</param>
/// <param name="snapshot">Compiled configuration.</param>
internal sealed class RouteCompiler(EndpointTable endpoints, MeshSnapshot snapshot)
{
    // A part of the tree shared by two rules is compiled once per rule, because their actions differ, and so is one shared by two splits
    // that change header fields.
    private readonly Dictionary<(RouteNode Node, RouteRule? Rule, FieldEdits? Edits), LiveNode> _compiled = new(ReferenceKeys.Instance);

    /// <summary>Returns the live form of <paramref name="node"/>.</summary>
    public LiveNode Compile(RouteNode node) => Compile(node, rule: null, label: null, edits: null);

    private LiveNode Compile(RouteNode node, RouteRule? rule, string? label, FieldEdits? edits)
    {
        if (_compiled.TryGetValue((node, rule, edits), out var done))
        {
            return done;
        }

        LiveNode live = node switch
        {
            RouterNode router => Router(router),
            SplitterNode splitter =>
                new LiveSplitter(
                    splitter.Name, [.. splitter.Legs.Select(leg => (leg.Weight, Compile(leg.Next, rule, label, EditsOf(edits, leg))))]),
            ResolverNode resolver => Leaf(resolver, rule, label, edits),
            AnswerNode answer => new LiveAnswer(answer.Name, label ?? answer.Name, ErrorOf(answer.Answer)),
            _ => throw new ArgumentException($"A route cannot contain {node.GetType().Name}.", nameof(node)),
        };
        _compiled.Add((node, rule, edits), live);
        return live;
    }

    private LiveRouter Router(RouterNode router) => new(
        router.Name,
        [
            .. router.Rules.Select((rule, i) => new LiveRule(
                rule.Match is { } match ? new RouteMatcher(match) : null,
                Compile(
                    rule.Next,
                    rule,
                    rule.Origin?.ToString() ?? string.Create(CultureInfo.InvariantCulture, $"{router.Name}[{i}]"),
                    edits: null))
            {
                Origin = rule.Origin,
            }),
        ]);

    private static MeshErrorKind ErrorOf(RouteAnswer answer) => answer switch
    {
        RouteAnswer.NoMatchingRule => MeshErrorKind.NoMatchingRule,
        RouteAnswer.NoValidBackend => MeshErrorKind.NoValidBackend,
        _ => MeshErrorKind.RuleRefused,
    };

    private LiveLeaf Leaf(ResolverNode resolver, RouteRule? rule, string? label, FieldEdits? edits)
    {
        var uses = resolver.Target.Policy.Flags;
        return Leaf(
            resolver,
            rule,
            label,
            edits,
            flag: null,
            [.. uses.Select((use, i) => Leaf(Flagged(resolver, use), rule, label ?? resolver.Name, edits, i, []))]);
    }

    // The same rule, but the flag's subset of the target's service. A failover target of another service is left out: tokens and
    // permissions are those of the service.
    private ResolverNode Flagged(ResolverNode resolver, FlagUse use)
    {
        var service = resolver.Target.Service;
        return use.Subset is { } subset
            && snapshot.FlaggedSubsets.TryGetValue(MeshSnapshot.SubsetKey(service, subset), out var flagged)
            && flagged.Target.Datacenter == resolver.Target.Datacenter
            ? flagged with
            {
                Failover = [.. flagged.Failover.Where(target => target.Service.Equals(service, StringComparison.OrdinalIgnoreCase))],
            }
            : resolver;
    }

    private LiveLeaf Leaf(
        ResolverNode resolver, RouteRule? rule, string? label, FieldEdits? edits, int? flag, ImmutableArray<LiveLeaf> flagged)
    {
        var action = rule?.Action ?? RouteAction.None;
        return new LiveLeaf(
            resolver.Name,
            label ?? resolver.Name,
            Targets(resolver, action, flag),
            action.PrefixRewrite is { Length: > 0 } rewrite && rule?.Match is { Path: { Test: PathTest.Exact or PathTest.Prefix } path }
                ? new PathRewrite(path, rewrite)
                : PathRewrite.Of(action.UrlRewrite?.Path, rule?.Match?.Path))
        {
            Uses = flagged.IsEmpty ? [] : resolver.Target.Policy.Flags,
            Flagged = flagged,
            FlagsReachBare = flagged
                .Where((_, i) => resolver.Target.Policy.Flags[i].Subset is not null)
                .Any(static leaf => leaf.Targets.Any(static target => target.Instances.HasBare)),
            Redirect = action.RequestRedirect is { } redirect
                ? new RedirectTarget(redirect, PathRewrite.Of(redirect.Path, rule?.Match?.Path))
                : null,
            Host = action.UrlRewrite?.Hostname,
            Edits = EditsOf(edits, action),
        };
    }

    // As in Envoy: the more specific changes first, so that the rule's value replaces the split's. In the Gateway API the backend's
    // changes come last.
    private static FieldEdits? EditsOf(FieldEdits? split, RouteAction action)
    {
        var rule = FieldEdits.Of(action.RequestHeaders, action.ResponseHeaders);
        return action.HeadersFirst ? FieldEdits.Join(rule, split) : FieldEdits.Join(split, rule);
    }

    private ImmutableArray<LeafTarget> Targets(ResolverNode resolver, RouteAction action, int? flag)
    {
        LeafTarget[] targets =
        [
            .. resolver.Failover.Prepend(resolver.Target).Select(
                target => new LeafTarget(
                    target.Id,
                    endpoints.FindTarget(target.Id)!,
                    RoutePolicy.Of(
                        flag is { } index && target.Service == resolver.Target.Service ? target.Policy.WithFlag(index) : target.Policy,
                        resolver,
                        action))),
        ];
        for (var i = 1; i < targets.Length; i++)
        {
            var policy = targets[i].Policy;
            targets[i] = targets[i] with { Checks = Array.FindIndex(targets, each => each.Policy.HasSameChecksAs(policy)) };
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(targets);
    }

    private static FieldEdits? EditsOf(FieldEdits? before, SplitLeg leg) =>
        FieldEdits.Join(before, FieldEdits.Of(leg.RequestHeaders, leg.ResponseHeaders));

    private sealed class ReferenceKeys : IEqualityComparer<(RouteNode Node, RouteRule? Rule, FieldEdits? Edits)>
    {
        public static ReferenceKeys Instance { get; } = new();

        public bool Equals(
            (RouteNode Node, RouteRule? Rule, FieldEdits? Edits) x, (RouteNode Node, RouteRule? Rule, FieldEdits? Edits) y) =>
            ReferenceEquals(x.Node, y.Node) && ReferenceEquals(x.Rule, y.Rule) && ReferenceEquals(x.Edits, y.Edits);

        public int GetHashCode((RouteNode Node, RouteRule? Rule, FieldEdits? Edits) key) =>
            HashCode.Combine(
                System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(key.Node),
                System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(key.Rule));
    }
}
