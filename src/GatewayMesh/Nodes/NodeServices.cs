using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Nodes;

/// <summary>The instances behind a sidecar, as published to other nodes.</summary>
internal static class NodeServices
{
    /// <summary>Returns the callable instances of <paramref name="bootstrap"/>.</summary>
    internal static ImmutableArray<NodeService> Of(BootstrapSpec bootstrap, Func<LocalServiceSpec, bool> isReady) =>
    [
        .. (bootstrap.Sidecar?.Services ?? []).Where(service => service.Inbound is not null).Select(service =>
            new NodeService(service.Name, service.Id, new HostPort(bootstrap.Sidecar!.Address, service.Inbound!.Port), isReady(service))
            {
                Protocol = service.Protocol,
                Application = ApplicationAddress.SeenByOthers(
                    new HostPort(service.Address, service.Port), new HostPort(bootstrap.Sidecar.Address, service.Inbound.Port)),
                Weight = service.Weight,
                Tags = service.Tags,
                Meta = service.Meta,
            }),
    ];
}
