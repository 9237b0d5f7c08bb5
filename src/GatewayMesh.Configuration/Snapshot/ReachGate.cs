using System.Collections.Immutable;
using GatewayMesh.Configuration.Reach;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>Removes records with forbidden addresses from a snapshot and remembers them. A host name is judged when it is dialed.</summary>
internal sealed class ReachGate(ReachRules rules)
{
    private readonly HashSet<RefusedRecord> _refused = [];

    /// <summary>Removed records, in order, each once.</summary>
    public ImmutableArray<RefusedRecord> Refused =>
    [
        .. _refused
            .OrderBy(record => record.Service, StringComparer.Ordinal)
            .ThenBy(record => record.Id, StringComparer.Ordinal)
            .ThenBy(record => record.Address.ToString(), StringComparer.Ordinal),
    ];

    /// <summary>
    /// Returns the <paramref name="endpoints"/> that may be dialed. An endpoint with only a forbidden application address keeps its
    /// sidecar.
    /// </summary>
    /// <param name="endpoints">Endpoints to check.</param>
    /// <param name="anyRefused">True if an endpoint was removed.</param>
    public ImmutableArray<EndpointModel> Admit(ImmutableArray<EndpointModel> endpoints, out bool anyRefused)
    {
        var admitted = ImmutableArray.CreateBuilder<EndpointModel>(endpoints.Length);
        foreach (var endpoint in endpoints)
        {
            if (rules.FaultOf(endpoint.Address) is not ReachFault.None and var fault)
            {
                _refused.Add(
                    new RefusedRecord(
                        endpoint.Service, endpoint.Id, endpoint.Node, endpoint.Address, fault) { Datacenter = endpoint.Datacenter });
            }
            else if (endpoint.Application is { } application && rules.FaultOf(application) is not ReachFault.None and var hidden)
            {
                _refused.Add(
                    new RefusedRecord(
                        endpoint.Service, endpoint.Id, endpoint.Node, application, hidden) { Datacenter = endpoint.Datacenter });
                admitted.Add(endpoint with { Application = null });
            }
            else
            {
                admitted.Add(endpoint);
            }
        }

        anyRefused = admitted.Count < endpoints.Length;
        return admitted.Count == endpoints.Length ? admitted.MoveToImmutable() : admitted.ToImmutable();
    }

    /// <summary>Returns the <paramref name="gateways"/> that may be dialed at both of their listeners.</summary>
    public ImmutableArray<GatewayModel> Admit(ImmutableArray<GatewayModel> gateways)
    {
        var admitted = ImmutableArray.CreateBuilder<GatewayModel>(gateways.Length);
        foreach (var gateway in gateways)
        {
            var (address, fault) = rules.GatewayFaultOf(gateway.Mesh) is not ReachFault.None and var mesh
                ? (gateway.Mesh, mesh)
                : (gateway.Tunnel, rules.GatewayFaultOf(gateway.Tunnel));
            if (fault == ReachFault.None)
            {
                admitted.Add(gateway);
            }
            else
            {
                _refused.Add(new RefusedRecord("gateway:" + gateway.Group, gateway.Node, gateway.Node, address, fault));
            }
        }

        return admitted.ToImmutable();
    }
}
