using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Configuration.Listeners;

/// <summary>Compares the two halves of an ingress: addresses in the bootstrap file, hosts in the <c>ingress-gateway</c> entry.</summary>
public static class IngressPorts
{
    /// <summary>Ports declared in only one of the two halves, in order.</summary>
    public static ImmutableArray<LoneIngressPort> FindLone(IngressSpec ingress, MeshSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(ingress);
        ArgumentNullException.ThrowIfNull(snapshot);
        var bound = ingress.Listeners.Select(address => address.Port).ToHashSet();
        var routed = snapshot.Ingress.Keys.Where(key => string.Equals(key.Ingress, ingress.Service, StringComparison.OrdinalIgnoreCase))
            .Select(key => key.Port)
            .ToHashSet();
        return
        [
            .. bound.Except(routed).Select(port => new LoneIngressPort(ingress.Service, port, LoneIngressPortReason.NoEntry))
                .Concat(routed.Except(bound).Select(port => new LoneIngressPort(ingress.Service, port, LoneIngressPortReason.NoListener)))
                .OrderBy(lone => lone.Port),
        ];
    }
}
