using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Policies.SidecarBypass;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Admin.Views;

/// <summary>Local services with <c>sidecarBypass: gateway</c> whose application no gateway can reach.</summary>
internal static class HiddenApplications
{
    /// <summary>Returns the name and the application address of each such service in <paramref name="bootstrap"/>.</summary>
    internal static IEnumerable<(string Service, HostPort Application)> Of(BootstrapSpec bootstrap, MeshSnapshot snapshot) =>
        from service in bootstrap.Sidecar?.Services ?? []
        where service.Inbound is not null
            && snapshot.Services.GetValueOrDefault(service.Name)?.Policy.SidecarBypass == SidecarBypassMode.Gateway
        let application = new HostPort(service.Address, service.Port)
        where ApplicationAddress.SeenByOthers(application, new HostPort(bootstrap.Sidecar!.Address, service.Inbound!.Port)) is null
        select (service.Name, application);
}
