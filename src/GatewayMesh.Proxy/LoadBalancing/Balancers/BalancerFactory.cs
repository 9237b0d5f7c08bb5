using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.LoadBalancing;

namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>Creates balancers from policies.</summary>
internal static class BalancerFactory
{
    /// <summary>Returns the balancer for <paramref name="members"/> under <paramref name="model"/>.</summary>
    public static IBalancer Of(LoadBalancingModel model, ImmutableArray<EndpointState> members)
    {
        // Weight 0 means no traffic while another instance has a weight.
        var weighty = members.Any(state => state.Model.Weight > 0) ? [.. members.Where(state => state.Model.Weight > 0)] : members;
        var weights = new Weights(weighty);
        return model.Policy switch
        {
            BalancingPolicy.LeastRequest => new PowerOfChoices(weighty, weights, model.Choices, LoadMeasure.Requests),
            BalancingPolicy.RoundRobin => new RoundRobin(weighty, weights),
            BalancingPolicy.Random => new RandomDraw(weighty, weights: null),
            BalancingPolicy.Weighted => new RandomDraw(weighty, weights),
            BalancingPolicy.RingHash => new HashRing(weighty, weights, model.Ring),
            BalancingPolicy.Maglev => new MaglevTable(weighty, weights, model.Maglev),
            _ => new PowerOfChoices(weighty, weights, model.Choices, LoadMeasure.Latency),
        };
    }
}
