using System.Collections.Immutable;
using GatewayMesh.Proxy.Routing.Matching;

namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>The end of one way: a target, and those that stand in for it.</summary>
/// <param name="name">Name of the resolver.</param>
/// <param name="rule">What led here, for logs: <c>ROUTER[RULE]</c>, else the resolver's name.</param>
/// <param name="targets">The target, then its failover targets in order.</param>
/// <param name="rewrite">What becomes of the path; null to leave it.</param>
internal sealed class LiveLeaf(string name, string rule, ImmutableArray<LeafTarget> targets, PathRewrite? rewrite) : LiveNode(name)
{
    /// <summary>What led here: <c>ROUTER[RULE]</c>, rules counted from 0, else the resolver's name.</summary>
    public string Rule { get; } = rule;

    /// <summary>The target, then its failover targets in order.</summary>
    public ImmutableArray<LeafTarget> Targets { get; } = targets;

    /// <summary>What becomes of the path; null to leave it.</summary>
    public PathRewrite? Rewrite { get; } = rewrite;

    /// <inheritdoc/>
    public override bool Splits => false;

    /// <summary>
    /// Which of <see cref="Targets"/> a request takes: the first that is well, which means that one of its instances is healthy and not ejected. When none is, the
    /// first that has instances at all, since some are better than none; without any, the target itself.
    /// </summary>
    /// <param name="now">Timestamp of the moment.</param>
    /// <param name="mayAsk">A target whose instances the registry does not look at counts as well, since the registry will be asked first.</param>
    public int Choose(long now, bool mayAsk)
    {
        if (Targets.Length == 1)
        {
            return 0;
        }

        if (Well(0, now, mayAsk) is >= 0 and var well)
        {
            return well;
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

    /// <summary>The first of <see cref="Targets"/> from <paramref name="first"/> on that is well; −1 when none is.</summary>
    public int Well(int first, long now, bool mayAsk)
    {
        for (var i = first; i < Targets.Length; i++)
        {
            var instances = Targets[i].Instances;
            if (instances.IsWell(now) || (mayAsk && instances.IsDormant))
            {
                return i;
            }
        }

        return -1;
    }
}
