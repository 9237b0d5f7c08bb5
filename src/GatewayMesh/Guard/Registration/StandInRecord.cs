using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Guard.Leases;
using GatewayMesh.Roles;

namespace GatewayMesh.Guard.Registration;

/// <summary>What the guard says of the node while no worker serves, so that others hear at once that inbound is closed.</summary>
internal static class StandInRecord
{
    /// <summary>The record; null while a worker speaks for the node, and while there is nothing to say.</summary>
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
