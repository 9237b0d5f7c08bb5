using System.Collections.Frozen;
using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>Compiles what was declared and what the nodes say of themselves into a snapshot. Pure: equal input in any order, equal snapshot.</summary>
public static class SnapshotCompiler
{
    /// <summary>
    /// The snapshot of <paramref name="entries"/> and <paramref name="nodes"/>, or, where the registry has one, its own <paramref name="catalogue"/> in the nodes' place.
    /// Without <paramref name="intentions"/> nobody knows who may call whom.
    /// </summary>
    public static MeshSnapshot Compile(EntrySet entries, IEnumerable<NodeSighting> nodes, ServiceCatalogue? catalogue = null, DeclaredIntentions? intentions = null)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var known = nodes.ToList();
        var said = catalogue is null ? NodeWords.Of(known) : WithoutOurs(catalogue, known);
        var services = Services(entries, said.Services);
        var gateways = Gateways(said.Gateways);
        var ingress = Ingress(entries, services.Keys);
        var table = IntentionTable.Of(intentions);
        return new MeshSnapshot
        {
            Revision = SnapshotDigest.Of(services, gateways, ingress, table),
            Services = services.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase),
            Gateways = gateways,
            Ingress = ingress.ToFrozenDictionary(),
            Intentions = table,
        };
    }

    // A sidecar that somebody else registered (--sidecar-for) does not bear our mark; that it is ours its node says.
    private static ServiceCatalogue WithoutOurs(ServiceCatalogue catalogue, IEnumerable<NodeSighting> nodes)
    {
        var ours = nodes.SelectMany(node => node.Record.Services).Select(service => (service.Id, service.Address)).ToHashSet();
        return ours.Count == 0 ? catalogue : catalogue with
        {
            Services =
            [
                .. catalogue.Services.Select(service => service.Instances is { } instances && instances.Any(instance => instance.IsForeign)
                    ? service with { Instances = [.. instances.Select(instance => instance.IsForeign && ours.Contains((instance.Id, instance.Address)) ? instance with { IsForeign = false } : instance)] }
                    : service),
            ],
        };
    }

    // Host names have no case, so neither have services: FrozenDictionary and groups compare without it.
    private static SortedDictionary<string, ServiceModel> Services(EntrySet entries, ImmutableArray<ServiceSighting> sightings)
    {
        var policies = new PolicyCompiler(entries.ServicePolicies);
        var protocols = entries.ServiceDefaults.ToDictionary(entry => entry.Name, entry => entry.Protocol, StringComparer.OrdinalIgnoreCase);
        var instances = Instances(entries, sightings).ToLookup(instance => instance.Endpoint.Service, StringComparer.OrdinalIgnoreCase);
        var services = new SortedDictionary<string, ServiceModel>(StringComparer.OrdinalIgnoreCase);
        var spellings = instances.SelectMany(group => group.Select(instance => instance.Endpoint.Service)).Concat(protocols.Keys).Concat(sightings.Select(sighting => sighting.Name));
        var dormant = sightings.Where(sighting => sighting.IsDormant).Select(sighting => sighting.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var name in spellings.Order(StringComparer.Ordinal))
        {
            if (services.ContainsKey(name))
            {
                continue;
            }

            var own = instances[name].Select(instance => instance with { Endpoint = instance.Endpoint with { Service = name } }).ToList();
            var protocol = protocols.GetValueOrDefault(name) ?? own.Select(instance => instance.Protocol).Order(StringComparer.Ordinal).FirstOrDefault() ?? "http";
            services.Add(name, new ServiceModel(name, protocol, policies.Of(name), Endpoints(own.Select(instance => instance.Endpoint))) { IsDormant = dormant.Contains(name) });
        }

        return services;
    }

    private static IEnumerable<(EndpointModel Endpoint, string Protocol)> Instances(EntrySet entries, ImmutableArray<ServiceSighting> sightings)
    {
        foreach (var sighting in sightings)
        {
            foreach (var instance in sighting.Instances ?? [])
            {
                yield return (new EndpointModel(sighting.Name, instance.Id, instance.Node, instance.Address, instance.Healthy) { Application = instance.Application, IsForeign = instance.IsForeign, Weight = instance.Weight, Zone = ZoneOf(instance.Meta) ?? instance.Zone, Meta = instance.Meta }, instance.Protocol);
            }
        }

        foreach (var entry in entries.Services)
        {
            foreach (var instance in entry.Instances)
            {
                yield return (new EndpointModel(entry.Name, instance.Id, "", instance.Address, instance.Healthy) { Weight = instance.Weight, Zone = ZoneOf(instance.Meta), Meta = instance.Meta }, instance.Protocol);
            }
        }
    }

    private static string? ZoneOf(ImmutableSortedDictionary<string, string> meta) => meta.GetValueOrDefault(EndpointModel.ZoneKey) is { Length: > 0 } zone ? zone : null;

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

    private static ImmutableArray<GatewayModel> Gateways(ImmutableArray<GatewaySighting> gateways) =>
    [
        .. gateways
            .OrderBy(gateway => gateway.Node, StringComparer.Ordinal)
            .ThenBy(gateway => gateway.Gateway.Mesh.ToString(), StringComparer.Ordinal)
            .Select(gateway => new GatewayModel(gateway.Node, gateway.Gateway.Group, gateway.Gateway.Mesh, gateway.Gateway.Tunnel, gateway.Healthy) { Zone = gateway.Zone }),
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
