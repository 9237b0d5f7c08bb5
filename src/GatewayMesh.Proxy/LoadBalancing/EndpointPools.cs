using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.LoadBalancing;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>The pools that a set's instances are picked from.</summary>
internal sealed class EndpointPools
{
    private readonly LoadBalancingModel _model;
    private readonly int _nearAll;

    public EndpointPools(LoadBalancingModel model, ImmutableArray<EndpointState> all, ImmutableArray<EndpointState> healthy, string? zone, EndpointPools? before)
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

    /// <summary>Every instance: for panic.</summary>
    public EndpointPool Everyone { get; }

    /// <summary>Those that the registry calls healthy.</summary>
    public EndpointPool Healthy { get; }

    /// <summary>The healthy ones of the own zone; null where zones make no difference.</summary>
    public EndpointPool? Near { get; }

    /// <summary>The healthy ones of other zones; null where zones make no difference.</summary>
    public EndpointPool? Far { get; }

    /// <summary>So few are healthy and not ejected that what is said of the others is left aside.</summary>
    public bool IsPanic => _model.PanicThreshold > 0 && Healthy.CountTrusted() < _model.PanicThreshold * Everyone.Members.Length;

    /// <summary>Share of the requests that the own zone keeps, 0 to 1.</summary>
    public double NearShare => Near is null ? 0 : Math.Min(1, Near.CountTrusted() / (_nearAll * _model.Zone.SpillBelow));
}
