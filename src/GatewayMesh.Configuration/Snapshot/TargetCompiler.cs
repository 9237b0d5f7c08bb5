using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries.Resolvers;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>Fills targets with their instances.</summary>
internal sealed class TargetCompiler(
    SortedDictionary<string, ServiceModel> services,
    ILookup<string, KnownInstance> instances,
    PolicyCompiler policies,
    RoutingIndex index,
    ServiceCatalog said,
    string home,
    ReachGate gate)
{
    private readonly ILookup<TargetKey, DiscoveredTarget> _discovered =
        said.Targets.ToLookup(
            discovered =>
                new TargetKey(discovered.Service, discovered.Subset, discovered.Datacenter.Length > 0 ? discovered.Datacenter : home));

    /// <summary>Returns the target of <paramref name="key"/>.</summary>
    public TargetModel Compile(TargetKey key, SubsetEntry? subset)
    {
        var bare = ChainCompiler.Bare(key, subset);
        var service = services.GetValueOrDefault(key.Service);
        var target = bare with
        {
            Policy = service?.Policy ?? policies.Of(key.Service),
            Protocol = service?.Protocol
                ?? (index.Protocol(key.Service) is var declared && declared != RoutingIndex.Undeclared ? declared : "http"),
        };
        var elsewhere = key.Datacenter.Equals(home, StringComparison.OrdinalIgnoreCase) ? "" : key.Datacenter;
        if (elsewhere.Length == 0 && key.Subset.Length == 0)
        {
            return target with
            {
                Endpoints = service?.Endpoints ?? [],
                HasRefused = service is { HasRefused: true },
                IsDormant = service?.IsDormant ?? false,
            };
        }

        var discovered = _discovered[key].ToList();
        var known = instances[key.Service]
            .Where(instance => instance.Endpoint.Datacenter.Equals(elsewhere, StringComparison.OrdinalIgnoreCase))
            .ToList();
        var members = discovered.Count > 0
            ? [.. discovered.SelectMany(discovered => discovered.Instances ?? []).Select(instance => Of(key.Service, instance, elsewhere))]
            : InstanceFilter.Members(key.Service, elsewhere.Length > 0 ? elsewhere : home, target.Filter, known);
        var endpoints = gate.Admit(SnapshotCompiler.Endpoints(members.Select(member => Judged(member, target))), out var anyRefused);
        return target with
        {
            Endpoints = endpoints,
            HasRefused = anyRefused,
            IsDormant = discovered.Count > 0 ? discovered.Exists(discovered => discovered.IsDormant) : service is { IsDormant: true },
        };
    }

    /// <summary>Creates an instance from a registry's catalog.</summary>
    /// <param name="service">Name of the service.</param>
    /// <param name="instance">Discovered instance.</param>
    /// <param name="elsewhere">Datacenter if not the local one; else empty.</param>
    public static KnownInstance Of(string service, DiscoveredInstance instance, string elsewhere) =>
        new(
            new EndpointModel(service, instance.Id, instance.Node, instance.Address, instance.Healthy)
            {
                Datacenter = elsewhere,
                Application = instance.Application,
                IsForeign = instance.IsForeign,
                KeepsKeys = instance.KeepsKeys,
                Weight = instance.Weight,
                Zone = SnapshotCompiler.ZoneOf(instance.Meta) ?? instance.Zone,
                Meta = instance.Meta,
            },
            instance.Protocol,
            instance.Tags,
            instance.Warns);

    // As in Consul, an instance with warning checks is healthy, except in a subset with onlyPassing. Whole services always behave like
    // onlyPassing.
    private static EndpointModel Judged(KnownInstance instance, TargetModel target) =>
        instance.Warns && target is { Subset.Length: > 0, OnlyPassing: false }
            ? instance.Endpoint with { Healthy = true }
            : instance.Endpoint;
}
