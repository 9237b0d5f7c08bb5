using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing.Balancers;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>Some instances of a set with what picks among them. Immutable but for what it remembers of a count.</summary>
internal sealed class EndpointPool
{
    private readonly ImmutableArray<int> _weights;
    private readonly LoadBalancingModel _model;
    private long _counted = -1; // version of the share in the upper half, usable ones in the lower

    private EndpointPool(LoadBalancingModel model, ImmutableArray<EndpointState> members)
    {
        _model = model;
        _weights = [.. members.Select(state => state.Model.Weight)];
        Members = members;
        Balancer = BalancerFactory.Of(model, members);
    }

    /// <summary>The instances.</summary>
    public ImmutableArray<EndpointState> Members { get; }

    /// <summary>What picks one of them.</summary>
    public IBalancer Balancer { get; }

    /// <summary>The pool of <paramref name="members"/>: one of <paramref name="before"/> when it is the same, so that rings and tables are not built again, and a round goes on.</summary>
    public static EndpointPool Of(LoadBalancingModel model, ImmutableArray<EndpointState> members, params ReadOnlySpan<EndpointPool?> before)
    {
        foreach (var old in before)
        {
            if (old is not null && old.Is(model, members))
            {
                return old;
            }
        }

        return new EndpointPool(model, members);
    }

    /// <summary>How many are not ejected. Counted again only after somebody's standing has changed.</summary>
    public int CountTrusted()
    {
        if (Members.IsEmpty)
        {
            return 0;
        }

        var version = Members[0].Share.Version;
        var counted = Interlocked.Read(ref _counted);
        if ((int)(counted >> 32) == version && counted >= 0)
        {
            return (int)counted;
        }

        var trusted = 0;
        foreach (var state in Members)
        {
            trusted += state.IsEjected ? 0 : 1;
        }

        Interlocked.Exchange(ref _counted, ((long)(version & int.MaxValue) << 32) | (uint)trusted);
        return trusted;
    }

    private bool Is(LoadBalancingModel model, ImmutableArray<EndpointState> members)
    {
        if (!Members.AsSpan().SequenceEqual(members.AsSpan()) || !model.SaysTheSame(_model))
        {
            return false;
        }

        for (var i = 0; i < members.Length; i++)
        {
            if (members[i].Model.Weight != _weights[i])
            {
                return false;
            }
        }

        return true;
    }
}
