using System.Collections.Immutable;
using GatewayMesh.Configuration.Headers;
using GatewayMesh.Configuration.Policies.Flags;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Routing.Matching;

namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>The end of a route: a target and its failover targets.</summary>
/// <param name="name">Name of the resolver.</param>
/// <param name="rule">Rule that led here, for logs: <c>ROUTER[RULE]</c>, otherwise the resolver's name.</param>
/// <param name="targets">Target, then its failover targets in order.</param>
/// <param name="rewrite">Rewrite of the path; null for none.</param>
internal sealed class LiveLeaf(string name, string rule, ImmutableArray<LeafTarget> targets, PathRewrite? rewrite) : LiveNode(name)
{
    /// <summary>Rule that led here: <c>ROUTER[RULE]</c>, rules counted from 0, otherwise the resolver's name.</summary>
    public string Rule { get; } = rule;

    /// <summary>Target, then its failover targets in order.</summary>
    public ImmutableArray<LeafTarget> Targets { get; } = targets;

    /// <summary>Rewrite of the path; null for none.</summary>
    public PathRewrite? Rewrite { get; } = rewrite;

    /// <summary>Changes to header fields by the split and the rule that led here; null for none.</summary>
    public FieldEdits? Edits { get; init; }

    /// <summary>Feature flags of the target's policy, in order. Default: none.</summary>
    public ImmutableArray<FlagUse> Uses { get; init; } = [];

    /// <summary>The leaf of a request for which the flag of the same index in <see cref="Uses"/> is on.</summary>
    public ImmutableArray<LiveLeaf> Flagged { get; init; } = [];

    /// <summary>True if a flag may choose instances without a sidecar, including by failover. Default: false.</summary>
    public bool FlagsReachBare { get; init; }

    /// <summary>Redirect in place of a response; null for none.</summary>
    public RedirectTarget? Redirect { get; init; }

    /// <summary>Host that instances see; null for the request's.</summary>
    public string? Host { get; init; }

    /// <inheritdoc/>
    public override bool Splits => false;

    /// <summary>Returns instances that a flag would choose now and the registry does not watch; null if there are none.</summary>
    /// <param name="now">Current timestamp.</param>
    public EndpointSet? DormantByFlag(long now)
    {
        foreach (var leaf in Flagged)
        {
            if (leaf.Targets[leaf.Choose(now, mayAsk: true)].Instances is { IsDormant: true } instances)
            {
                return instances;
            }
        }

        return null;
    }

    /// <summary>
    /// Returns the index of the target in <see cref="Targets"/> that a request uses: the first available one, with an instance that is
    /// healthy and not ejected. If none is available, the first target that has instances; without any, the target itself.
    /// </summary>
    /// <param name="now">Current timestamp.</param>
    /// <param name="mayAsk">True if a target that the registry does not watch counts as available, because the registry will be asked
    /// first.</param>
    public int Choose(long now, bool mayAsk)
    {
        if (Targets.Length == 1)
        {
            return 0;
        }

        for (var i = 0; i < Targets.Length; i++)
        {
            var instances = Targets[i].Instances;
            if (instances.IsAvailable(now) || (mayAsk && instances.IsDormant))
            {
                return i;
            }
        }

        for (var i = 0; i < Targets.Length; i++)
        {
            if (!Targets[i].Instances.All.IsEmpty)
            {
                return i;
            }
        }

        return 0;
    }
}
