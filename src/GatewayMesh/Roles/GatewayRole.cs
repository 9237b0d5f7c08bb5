using System.Collections.Immutable;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Admin.Views;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Nodes;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Roles;

/// <summary>
/// Two or more per cluster: carries the traffic of any broken sidecar, on a mesh listener for workers and, with plaintext identity, a
/// tunnel listener for guards. One process without a guard. Publishes its addresses, and shows its load.
/// </summary>
internal sealed class GatewayRole : IRole
{
    /// <inheritdoc/>
    public MeshRole Kind => MeshRole.Gateway;

    /// <inheritdoc/>
    public MeshTier Tier => MeshTier.Gateway;

    /// <inheritdoc/>
    public ImmutableArray<ListenerSpec> Listeners(BootstrapSpec bootstrap) =>
        ListenerPlan.OfGateway(bootstrap.Gateway!, bootstrap.Identity);

    /// <inheritdoc/>
    public NodeRecord Publish(NodeRecord record, BootstrapSpec bootstrap, Func<LocalServiceSpec, bool> isReady)
    {
        var gateway = bootstrap.Gateway!;
        return record with
        {
            Gateway = new NodeGateway(
                gateway.Service, gateway.Group, new HostPort(gateway.Address, gateway.Listen.Port), bootstrap.TunnelAddress),
        };
    }

    /// <inheritdoc/>
    public NodeStatus Show(NodeStatus status, MeshNode node) => status with { Gateway = GatewayFigures.Of(node) };
}
