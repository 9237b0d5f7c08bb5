using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Nodes;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Roles;

/// <summary>
/// One per host: fronts the services of the host, with outbound, upstream, and inbound listeners for each. Under a guard unless the
/// bootstrap or <c>--no-guard</c> says otherwise. Publishes the services to other nodes.
/// </summary>
internal sealed class SidecarRole : IRole
{
    /// <inheritdoc/>
    public MeshRole Kind => MeshRole.Sidecar;

    /// <inheritdoc/>
    public MeshTier Tier => MeshTier.Sidecar;

    /// <inheritdoc/>
    public bool IsGuarded(BootstrapSpec bootstrap) => bootstrap.Guarded;

    /// <inheritdoc/>
    public ImmutableArray<ListenerSpec> Listeners(BootstrapSpec bootstrap) => ListenerPlan.OfSidecar(bootstrap.Sidecar!);

    /// <inheritdoc/>
    public NodeRecord Publish(NodeRecord record, BootstrapSpec bootstrap, Func<LocalServiceSpec, bool> isReady) =>
        record with { Services = NodeServices.Of(bootstrap, isReady) };
}
