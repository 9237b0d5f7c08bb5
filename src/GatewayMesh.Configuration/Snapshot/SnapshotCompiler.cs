using System.Collections.Frozen;
using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>Compiles what was declared and what the nodes say of themselves into a snapshot. Pure: equal input in any order, equal snapshot.</summary>
public static class SnapshotCompiler
{
    /// <summary>The snapshot of <paramref name="entries"/> and <paramref name="nodes"/>.</summary>
    public static MeshSnapshot Compile(EntrySet entries, IEnumerable<NodeSighting> nodes)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ImmutableArray<NodeSighting> sightings = [.. nodes.OrderBy(node => node.Record.Node, StringComparer.Ordinal)];
        var services = Services(entries, sightings);
        var gateways = Gateways(sightings);
        var ingress = Ingress(entries, services.Keys);
        return new MeshSnapshot
        {
            Revision = SnapshotDigest.Of(services, gateways, ingress),
            Services = services.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase),
            Gateways = gateways,
            Ingress = ingress.ToFrozenDictionary(),
        };
    }

    // Host names have no case, so neither have services: FrozenDictionary and groups compare without it.
    private static SortedDictionary<string, ServiceModel> Services(EntrySet entries, ImmutableArray<NodeSighting> nodes)
    {
        var policies = new PolicyCompiler(entries.ServicePolicies);
        var protocols = entries.ServiceDefaults.ToDictionary(entry => entry.Name, entry => entry.Protocol, StringComparer.OrdinalIgnoreCase);
        var instances = Instances(entries, nodes).ToLookup(instance => instance.Endpoint.Service, StringComparer.OrdinalIgnoreCase);
        var services = new SortedDictionary<string, ServiceModel>(StringComparer.OrdinalIgnoreCase);
        var spellings = instances.SelectMany(group => group.Select(instance => instance.Endpoint.Service)).Concat(protocols.Keys);
        foreach (var name in spellings.Order(StringComparer.Ordinal))
        {
            if (services.ContainsKey(name))
            {
                continue;
            }

            var own = instances[name].Select(instance => instance with { Endpoint = instance.Endpoint with { Service = name } }).ToList();
            var protocol = protocols.GetValueOrDefault(name) ?? own.Select(instance => instance.Protocol).Order(StringComparer.Ordinal).FirstOrDefault() ?? "http";
            services.Add(name, new ServiceModel(name, protocol, policies.Of(name), Endpoints(own.Select(instance => instance.Endpoint))));
        }

        return services;
    }

    private static IEnumerable<(EndpointModel Endpoint, string Protocol)> Instances(EntrySet entries, ImmutableArray<NodeSighting> nodes)
    {
        foreach (var node in nodes)
        {
            foreach (var service in node.Record.Services)
            {
                yield return (new EndpointModel(service.Name, service.Id, node.Record.Node, service.Address, node.Alive && service.Healthy) { Meta = service.Meta }, service.Protocol);
            }
        }

        foreach (var entry in entries.Services)
        {
            foreach (var instance in entry.Instances)
            {
                yield return (new EndpointModel(entry.Name, instance.Id, "", instance.Address, instance.Healthy) { Meta = instance.Meta }, instance.Protocol);
            }
        }
    }

    // Two that are the same by (service, id, address) are one; who says that it is well is believed, since the other may be a node's leavings.
    private static ImmutableArray<EndpointModel> Endpoints(IEnumerable<EndpointModel> endpoints) =>
    [
        .. endpoints
            .OrderByDescending(endpoint => endpoint.Healthy)
            .ThenByDescending(endpoint => endpoint.Node, StringComparer.Ordinal)
            .DistinctBy(endpoint => (endpoint.Id, endpoint.Address))
            .OrderBy(endpoint => endpoint.Id, StringComparer.Ordinal)
            .ThenBy(endpoint => endpoint.Address.ToString(), StringComparer.Ordinal),
    ];

    private static ImmutableArray<GatewayModel> Gateways(ImmutableArray<NodeSighting> nodes) =>
    [
        .. nodes
            .Where(node => node.Record.Gateway is not null)
            .Select(node => new GatewayModel(node.Record.Node, node.Record.Gateway!.Group, node.Record.Gateway.Mesh, node.Record.Gateway.Tunnel, node.Alive)),
    ];

    private static SortedDictionary<(string Ingress, int Port), IngressModel> Ingress(EntrySet entries, IEnumerable<string> services)
    {
        var models = new SortedDictionary<(string Ingress, int Port), IngressModel>();
        foreach (var entry in entries.IngressGateways)
        {
            foreach (var listener in entry.Listeners)
            {
                models[(entry.Name, listener.Port)] = new IngressModel(Hosts(listener, services).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase));
            }
        }

        return models;
    }

    private static Dictionary<string, string> Hosts(IngressListener listener, IEnumerable<string> services)
    {
        var hosts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (service, host) in listener.Services.Where(service => service.Name != "*").SelectMany(service => service.EffectiveHosts.Select(host => (service.Name, host))))
        {
            _ = hosts.TryAdd(host, service);
        }

        // What is named goes before what the wildcard brings.
        foreach (var service in listener.Services.Any(service => service.Name == "*") ? services : [])
        {
            foreach (var host in IngressService.DefaultHosts(service))
            {
                _ = hosts.TryAdd(host, service);
            }
        }

        return hosts;
    }
}
