using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>Builds a catalog from the nodes' records, for a registry without its own catalog.</summary>
internal static class NodeCatalog
{
    public static ServiceCatalog Of(IEnumerable<DiscoveredNode> nodes)
    {
        var all = nodes.ToList();
        return new ServiceCatalog(
            [
                .. from node in all
                   from service in node.Record.Services
                   group new DiscoveredInstance(service.Id, node.Record.Node, service.Address, node.Alive && service.Healthy)
                   {
                       Protocol = service.Protocol,
                       Application = service.Application,
                       KeepsKeys = service.KeepsKeys,
                       Weight = service.Weight,
                       Zone = node.Record.Zone,
                       Tags = service.Tags,
                       Meta = service.Meta,
                   }
                       by service.Name into instances
                   select new DiscoveredService(instances.Key, [.. instances]),
            ],
            [
                .. all.Where(node => node.Record.Gateway is not null)
                    .Select(node => new DiscoveredGateway(node.Record.Node, node.Record.Gateway!, node.Alive, node.Record.Zone)),
            ]);
    }
}
