using System.Collections.Immutable;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Admin.Views;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Nodes;
using GatewayMesh.Proxy;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Roles;

/// <summary>
/// At the edge: public listeners that lead into the mesh, with certificates from files. One process without a guard. Publishes nothing that
/// others call, and shows its ports and certificates. Its limits have defaults of their own: see <see cref="LimitsSpec.ForRole"/>.
/// </summary>
internal sealed class IngressRole : IRole
{
    /// <inheritdoc/>
    public MeshRole Kind => MeshRole.Ingress;

    /// <inheritdoc/>
    public MeshTier Tier => MeshTier.Gateway;

    /// <inheritdoc/>
    public ImmutableArray<ListenerSpec> Listeners(BootstrapSpec bootstrap) => ListenerPlan.OfIngress(bootstrap.Ingress!);

    /// <inheritdoc/>
    public ImmutableArray<ConfigError> FileErrors(BootstrapSpec bootstrap) => DataPlane.CheckFiles(bootstrap.Ingress!);

    /// <inheritdoc/>
    public void Reconfigure(DataPlane plane, BootstrapSpec bootstrap) => plane.Reconfigure(bootstrap.Ingress!);

    /// <inheritdoc/>
    public NodeStatus Show(NodeStatus status, MeshNode node) => status with
    {
        Ingress = IngressFigures.Of(
            node.Bootstrap.Ingress!, node.Configuration.Current, node.Plane.Inspection.EdgeCertificates, node.Time.GetUtcNow()),
    };
}
