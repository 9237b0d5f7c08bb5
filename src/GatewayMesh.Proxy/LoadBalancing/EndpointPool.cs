using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing.Balancers;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>Some instances of a set with their balancer. Immutable except for a cached count.</summary>
internal sealed class EndpointPool
{
    private readonly ImmutableArray<int> _weights;
    private readonly LoadBalancingModel _model;
    private long _counted = -1; // version of the ejection share in the upper half, trusted instances in the lower

    private EndpointPool(LoadBalancingModel model, ImmutableArray<EndpointState> members)
    {
        _model = model;
        _weights = [.. members.Select(state => state.Model.Weight)];
        Members = members;
        Balancer = BalancerFactory.Of(model, members);
    }

    /// <summary>Instances of the pool.</summary>
    public ImmutableArray<EndpointState> Members { get; }

    /// <summary>Balancer that selects among the instances.</summary>
    public IBalancer Balancer { get; }

    /// <summary>
    /// Returns the pool of <paramref name="members"/>. Reuses an equal pool of <paramref name="before"/>, so that rings and tables are not
    /// rebuilt and a round robin continues.
    /// </summary>
    public static EndpointPool Of(
        LoadBalancingModel model, ImmutableArray<EndpointState> members, params ReadOnlySpan<EndpointPool?> before)
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

    /// <summary>Returns the number of instances that are not ejected. Recounts only after an ejection state has changed.</summary>
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
        if (!Members.AsSpan().SequenceEqual(members.AsSpan()) || !model.IsEquivalent(_model))
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
