using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.LoadBalancing;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>Pools from which a set's instances are selected.</summary>
internal sealed class EndpointPools
{
    private readonly LoadBalancingModel _model;
    private readonly int _nearAll;

    public EndpointPools(
        LoadBalancingModel model,
        ImmutableArray<EndpointState> all,
        ImmutableArray<EndpointState> healthy,
        string? zone,
        EndpointPools? before)
    {
        _model = model;
        Everyone = EndpointPool.Of(model, all, before?.Everyone, before?.Healthy);
        Healthy = EndpointPool.Of(model, healthy, Everyone, before?.Healthy, before?.Everyone);
        if (zone is not null && model.Zone.First && healthy.Any(IsNear) && !healthy.All(IsNear))
        {
            _nearAll = all.Count(IsNear);
            Near = EndpointPool.Of(model, [.. healthy.Where(IsNear)], before?.Near);
            Far = EndpointPool.Of(model, [.. healthy.Where(state => !IsNear(state))], before?.Far);
        }

        bool IsNear(EndpointState state) => state.Model.Zone == zone;
    }

    /// <summary>All instances, for panic.</summary>
    public EndpointPool Everyone { get; }

    /// <summary>Instances that are healthy in the registry.</summary>
    public EndpointPool Healthy { get; }

    /// <summary>Healthy instances in this node's zone; null if zones are ignored.</summary>
    public EndpointPool? Near { get; }

    /// <summary>Healthy instances in other zones; null if zones are ignored.</summary>
    public EndpointPool? Far { get; }

    /// <summary>True if so few instances are healthy and not ejected that health is ignored.</summary>
    public bool IsPanic => _model.PanicThreshold > 0 && Healthy.CountTrusted() < _model.PanicThreshold * Everyone.Members.Length;

    /// <summary>Share of the requests that stays in this node's zone, 0 to 1.</summary>
    public double NearShare => Near is null ? 0 : Math.Min(1, Near.CountTrusted() / (_nearAll * _model.Zone.SpillBelow));
}
