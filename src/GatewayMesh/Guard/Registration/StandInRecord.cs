using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Guard.Leases;
using GatewayMesh.Nodes;

namespace GatewayMesh.Guard.Registration;

/// <summary>The node's record while no worker serves, so that other nodes learn at once that inbound is closed.</summary>
internal static class StandInRecord
{
    /// <summary>Returns the record; null while a worker publishes the node or there is nothing to publish.</summary>
    internal static NodeRecord? Of(GuardView view, BootstrapSpec bootstrap, TimeProvider time) =>
        view.Drained || view.Acceptor is Acceptor.Worker or Acceptor.Holding or Acceptor.Closed ? null : new NodeRecord
        {
            Node = bootstrap.Node,
            Role = bootstrap.Role,
            Version = Versions.Current,
            Revision = view.Main?.Record?.Revision ?? "none",
            Tier = view.Tier,
            Pids = view.Pids,
            Admin = bootstrap.Admin.ToString(),
            Zone = bootstrap.Zone,
            Services = NodeServices.Of(bootstrap, _ => false),
            Instance = NodeInstance.Of(bootstrap.DataDir),
            At = time.GetUtcNow(),
        };
}
