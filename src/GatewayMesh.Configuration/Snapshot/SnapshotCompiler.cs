using System.Collections.Frozen;
using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.MeshRouting;
using GatewayMesh.Configuration.Headers;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Naming;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>Compiles declared entries and nodes' records into a snapshot. Pure: equal input in any order gives an equal snapshot.</summary>
public static class SnapshotCompiler
{
    // Protocol of an instance without a declared protocol; proxy-defaults may override it, and the instance's registration overrides both.
    private const string Plain = "http";

    /// <summary>
    /// Compiles the snapshot of <paramref name="entries"/> and <paramref name="nodes"/>. A registry's own <paramref name="catalog"/>, if
    /// any, replaces the catalog built from the nodes. Without <paramref name="intentions"/> permissions are unknown. Routes start in
    /// <paramref name="datacenter"/>, by default <c>default</c>. Addresses that <paramref name="reach"/> refuses are removed; by default
    /// none are.
    /// </summary>
    public static MeshSnapshot Compile(
        EntrySet entries,
        IEnumerable<DiscoveredNode> nodes,
        ServiceCatalog? catalog = null,
        DeclaredIntentions? intentions = null,
        string? datacenter = null,
        ReachRules? reach = null)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var known = nodes.ToList();
        var source = catalog is null ? NodeCatalog.Of(known) : WithRecords(catalog, known);
        var policies = new PolicyCompiler(entries);
        var home = datacenter ?? "default";
        var instances = Instances(entries, source, home).ToLookup(instance => instance.Endpoint.Service, StringComparer.OrdinalIgnoreCase);
        var gate = new ReachGate(reach ?? ReachRules.Unbounded);
        var services = Services(entries, source.Services, instances, policies, gate);
        var targets = new TargetCompiler(services, instances, policies, entries.Chains.Index, source, home, gate);
        var routes = new ChainCompiler(entries, home, targets.Compile);
        AddRoutes(services, entries, routes);
        AddMeshRoutes(services, entries.MeshRoutes, new MeshRouteCompiler(routes));
        AddFlaggedRoutes(services, routes);
        var flagged = FlaggedSubsets(services, routes);
        var subsets = Subsets(services, routes);
        var gateways = gate.Admit(Gateways(source.Gateways));
        var refused = gate.Refused;
        var ingress = Ingress(entries, services.Keys);
        var table = IntentionTable.Of(intentions);
        return new MeshSnapshot
        {
            Revision = SnapshotDigest.Of(
                policies.Shared,
                services,
                entries.MeshRoutes.Namespace,
                routes.Targets,
                gateways,
                ingress,
                entries.JwtProviders,
                entries.FeatureFlags,
                table,
                refused,
                source),
            EntriesRevision = SnapshotDigest.OfEntries(entries, policies, services, routes.Targets, table),
            Services = services.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase),
            ServiceNames = ServiceNames.Of(source),
            Namespace = entries.MeshRoutes.Namespace,
            Subsets = subsets,
            FlaggedSubsets = flagged,
            FeatureFlags = entries.FeatureFlags.ToFrozenDictionary(entry => entry.Name, StringComparer.OrdinalIgnoreCase),
            Targets = routes.Targets.ToFrozenDictionary(target => target.Id, StringComparer.OrdinalIgnoreCase),
            Policy = policies.Shared,
            Policies = policies.All.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase),
            Gateways = gateways,
            Refused = refused,
            Ingress = ingress.ToFrozenDictionary(),
            Intentions = table,
            JwtProviders = entries.JwtProviders.ToFrozenDictionary(entry => entry.Name, entry => entry.Issuer, StringComparer.Ordinal),
        };
    }

    // The nodes' records complete a registry's own catalog. A sidecar registered by another party (--sidecar-for) does not bear the mesh's
    // mark: its node's record identifies it.
    private static ServiceCatalog WithRecords(ServiceCatalog catalog, IEnumerable<DiscoveredNode> nodes)
    {
        var ours = nodes.SelectMany(node => node.Record.Services)
            .GroupBy(service => (service.Id, service.Address))
            .ToDictionary(group => group.Key, group => group.Any(service => service.KeepsKeys));
        return ours.Count == 0 ? catalog : catalog with
        {
            Services = [
                .. catalog.Services.Select(
                    service => service.Instances is { } instances ? service with { Instances = Completed(instances) } : service)],
            Targets = [
                .. catalog.Targets.Select(
                    target => target.Instances is { } instances ? target with { Instances = Completed(instances) } : target)],
        };

        ImmutableArray<DiscoveredInstance> Completed(ImmutableArray<DiscoveredInstance> instances) =>
        [
            .. instances.Select(
                instance => ours.TryGetValue((instance.Id, instance.Address), out var keepsKeys) && (instance.IsForeign || keepsKeys)
                    ? instance with { IsForeign = false, KeepsKeys = keepsKeys }
                    : instance),
        ];
    }

    // Host names are case-insensitive, and so are services: FrozenDictionary and groups compare without case. Certificates are
    // case-sensitive, so one spelling must be chosen: that of the registrations, in lower case where one exists. An entry, or a
    // registration in capitals, does not rename the service of others.
    private static SortedDictionary<string, ServiceModel> Services(
        EntrySet entries,
        ImmutableArray<DiscoveredService> discovered,
        ILookup<string, KnownInstance> known,
        PolicyCompiler policies,
        ReachGate gate)
    {
        var protocols = entries.ServiceDefaults.ToDictionary(
            entry => entry.Name, entry => entry.Protocol, StringComparer.OrdinalIgnoreCase);
        var shared = entries.ProxyDefaults.FirstOrDefault()?.Protocol;
        var instances = known.SelectMany(group => group)
            .Where(instance => instance.Endpoint.Datacenter.Length == 0)
            .ToLookup(instance => instance.Endpoint.Service, StringComparer.OrdinalIgnoreCase);
        var services = new SortedDictionary<string, ServiceModel>(StringComparer.OrdinalIgnoreCase);
        var registeredAs = instances.SelectMany(
            group => group.Select(instance => instance.Endpoint.Service)).Concat(discovered.Select(discovered => discovered.Name));
        var spellings = Spellings(registeredAs).Concat(
            Spellings(protocols.Keys.Concat(entries.Chains.Names).Concat(NamesOf(entries.MeshRoutes))));
        var dormant = discovered.Where(discovered => discovered.IsDormant)
            .Select(discovered => discovered.Name)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var name in spellings)
        {
            if (services.ContainsKey(name))
            {
                continue;
            }

            var own = instances[name].Select(instance => instance with { Endpoint = instance.Endpoint with { Service = name } }).ToList();
            var registered = own.Select(instance => instance.Protocol).Order(StringComparer.Ordinal).FirstOrDefault() ?? Plain;
            var protocol = protocols.GetValueOrDefault(name) ?? (registered == Plain ? shared : null) ?? registered;
            var endpoints = gate.Admit(Endpoints(own.Select(instance => instance.Endpoint)), out var anyRefused);
            services.Add(
                name,
                new ServiceModel(name, protocol, policies.Of(name), endpoints)
                {
                    IsDormant = dormant.Contains(name),
                    HasRefused = anyRefused,
                });
        }

        return services;
    }

    private static IOrderedEnumerable<string> Spellings(IEnumerable<string> names) =>
        names.OrderBy(name => name.AsSpan().ContainsAnyInRange('A', 'Z')).ThenBy(name => name, StringComparer.Ordinal);

    // A name that occurs only in entries must be routed too.
    private static void AddRoutes(SortedDictionary<string, ServiceModel> services, EntrySet entries, ChainCompiler routes)
    {
        foreach (var name in entries.Chains.Names)
        {
            if (routes.Compile(name, out _) is { IsPlain: false } chain)
            {
                services[name] = services[name] with { Routes = chain.Start };
            }
        }

    }

    private static void AddMeshRoutes(SortedDictionary<string, ServiceModel> services, MeshRouteSet routes, MeshRouteCompiler compiler)
    {
        foreach (var list in routes.Lists)
        {
            var (service, node) = (services[list.Service], compiler.Compile(list));
            services[list.Service] = list.CallerNamespace.Length == 0
                ? service with { Routes = node }
                : service with { ConsumerRoutes = service.ConsumerRoutes.SetItem(list.CallerNamespace, node) };
        }
    }

    // Services that routes lead from, to, and copy to: all of them need instances, though these may be none.
    private static IEnumerable<string> NamesOf(MeshRouteSet routes) =>
        routes.Lists.Select(list => list.Service)
            .Concat(
                routes.Lists.SelectMany(list => list.Rules).SelectMany(
                    rule => rule.Backends.Where(backend => backend.Fault is null).Select(backend => backend.Service)
                        .Concat(rule.Mirror is { } mirror ? [mirror.Service] : [])));

    private static void AddFlaggedRoutes(SortedDictionary<string, ServiceModel> services, ChainCompiler routes)
    {
        // A flag changes a route, so a service with flags has one even if its name leads directly to all of its instances.
        foreach (var service in services.Values.Where(service => service is { Routes: null, Policy.Flags.IsEmpty: false }).ToList())
        {
            if (routes.Compile(service.Name, out _) is { } chain)
            {
                services[service.Name] = service with { Routes = chain.Start };
            }
        }
    }

    private static FrozenDictionary<string, ResolverNode> FlaggedSubsets(
        SortedDictionary<string, ServiceModel> services, ChainCompiler routes)
    {
        var nodes = new Dictionary<string, ResolverNode>(StringComparer.OrdinalIgnoreCase);
        foreach (var service in services.Values)
        {
            foreach (var subset in service.Policy.Flags.Select(use => use.Subset).OfType<string>())
            {
                if (routes.CompileSubset(service.Name, subset) is { } node)
                {
                    nodes[MeshSnapshot.SubsetKey(service.Name, subset)] = node;
                }
            }
        }

        return nodes.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static FrozenDictionary<string, string> Subsets(SortedDictionary<string, ServiceModel> services, ChainCompiler routes) =>
        services.Values.SelectMany(service => service.Policy.NamedSubsets)
            .DistinctBy(named => MeshSnapshot.SubsetKey(named.Service, named.Subset), StringComparer.OrdinalIgnoreCase)
            .ToFrozenDictionary(
                named => MeshSnapshot.SubsetKey(named.Service, named.Subset),
                named => routes.Include(named.Service, named.Subset),
                StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<KnownInstance> Instances(EntrySet entries, ServiceCatalog source, string home)
    {
        foreach (var discovered in source.Services)
        {
            foreach (var instance in discovered.Instances ?? [])
            {
                yield return TargetCompiler.Of(discovered.Name, instance, "");
            }
        }

        foreach (var entry in entries.Services)
        {
            foreach (var instance in entry.Instances)
            {
                var elsewhere = instance.Datacenter.Equals(home, StringComparison.OrdinalIgnoreCase) ? "" : instance.Datacenter;
                yield return new KnownInstance(
                    new EndpointModel(entry.Name, instance.Id, "", instance.Address, instance.Healthy)
                    {
                        Datacenter = elsewhere,
                        Weight = instance.Weight,
                        Zone = ZoneOf(instance.Meta),
                        Meta = instance.Meta,
                    },
                    instance.Protocol,
                    instance.Tags,
                    Warns: false);
            }
        }
    }

    internal static string? ZoneOf(ImmutableSortedDictionary<string, string> meta) =>
        meta.GetValueOrDefault(EndpointModel.ZoneKey) is { Length: > 0 } zone ? zone : null;

    // Two instances with the same (service, id, address) are merged, and the healthy record wins, since the other may be a node's leftover.
    internal static ImmutableArray<EndpointModel> Endpoints(IEnumerable<EndpointModel> endpoints) =>
    [
        .. endpoints
            .OrderByDescending(endpoint => endpoint.Healthy)
            .ThenByDescending(endpoint => endpoint.Node, StringComparer.Ordinal)
            .DistinctBy(endpoint => (endpoint.Id, endpoint.Address))
            .OrderBy(endpoint => endpoint.Id, StringComparer.Ordinal)
            .ThenBy(endpoint => endpoint.Address.ToString(), StringComparer.Ordinal),
    ];

    private static ImmutableArray<GatewayModel> Gateways(ImmutableArray<DiscoveredGateway> gateways) =>
    [
        .. gateways
            .OrderBy(gateway => gateway.Node, StringComparer.Ordinal)
            .ThenBy(gateway => gateway.Gateway.Mesh.ToString(), StringComparer.Ordinal)
            .Select(
                gateway => new GatewayModel(
                    gateway.Node,
                    gateway.Gateway.Group,
                    gateway.Gateway.Mesh,
                    gateway.Gateway.Tunnel,
                    gateway.Healthy) { Zone = gateway.Zone }),
    ];

    private static SortedDictionary<(string Ingress, int Port), IngressModel> Ingress(EntrySet entries, IEnumerable<string> services)
    {
        var models = new SortedDictionary<(string Ingress, int Port), IngressModel>();
        foreach (var entry in entries.IngressGateways)
        {
            foreach (var listener in entry.Listeners)
            {
                models[(entry.Name, listener.Port)] = new IngressModel(
                    Hosts(listener, services).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase))
                {
                    Edits = EditsOf(listener, services),
                };
            }
        }

        return models;
    }

    // Named services take precedence over the wildcard.
    private static FrozenDictionary<string, FieldEdits> EditsOf(IngressListener listener, IEnumerable<string> services)
    {
        var edits = new Dictionary<string, FieldEdits>(StringComparer.OrdinalIgnoreCase);
        foreach (var service in listener.Services.OrderBy(service => service.Name == "*"))
        {
            if (FieldEdits.Of(service.RequestHeaders, service.ResponseHeaders) is { } compiled)
            {
                foreach (var name in service.Name == "*" ? services : [service.Name])
                {
                    _ = edits.TryAdd(name, compiled);
                }
            }
        }

        return edits.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static Dictionary<string, string> Hosts(IngressListener listener, IEnumerable<string> services)
    {
        var hosts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (
            var (service, host) in listener.Services.Where(service => service.Name != "*").SelectMany(
                service => service.EffectiveHosts.Select(host => (service.Name, host))))
        {
            _ = hosts.TryAdd(host, service);
        }

        // Named services take precedence over the wildcard.
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
