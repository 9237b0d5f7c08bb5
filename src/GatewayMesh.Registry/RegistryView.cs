using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry;

/// <summary>A registry's last good state, from which snapshots are compiled.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Nodes">The nodes.</param>
public sealed record RegistryView(EntrySet Entries, ImmutableArray<DiscoveredNode> Nodes)
{
    /// <summary>The empty view.</summary>
    public static RegistryView Empty { get; } = new(EntrySet.Empty, []);

    /// <summary>The registry's own catalog of services and gateways; null: the nodes are the catalog.</summary>
    public ServiceCatalog? Catalog { get; init; }

    /// <summary>The intentions; null: never read, so no call is allowed.</summary>
    public DeclaredIntentions? Intentions { get; init; }

    /// <summary>The registry's name for the cluster, or null.</summary>
    public string? Datacenter { get; init; }

    /// <summary>This view updated with <paramref name="report"/>. Parts missing in the report stay as they were.</summary>
    public RegistryView With(RegistryReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new RegistryView(report.Entries ?? Entries, report.Nodes ?? Nodes)
        {
            Catalog = report.Catalog is { } catalog ? Filled(catalog) : report.IsComplete ? null : Catalog,
            Intentions = report.Intentions ?? Intentions,
            Datacenter = report.Datacenter ?? Datacenter,
        };
    }

    // A service that is not read now keeps its last instances.
    private ServiceCatalog Filled(ServiceCatalog reported)
    {
        if (Catalog is null || (reported.Services.All(service => service.Instances is not null)
            && reported.Targets.All(target => target.Instances is not null)))
        {
            return reported;
        }

        var known = Catalog.Services.Where(service => service.Instances is not null).ToDictionary(
            service => service.Name, service => service.Instances, StringComparer.Ordinal);
        var targets = Catalog.Targets.Where(target => target.Instances is not null).ToDictionary(
            target => (target.Service, target.Subset, target.Datacenter), target => target.Instances);
        return reported with
        {
            Services = [.. reported.Services.Select(service => service.Instances is null
                && known.TryGetValue(service.Name, out var instances) ? service with { Instances = instances } : service)],
            Targets = [.. reported.Targets.Select(target => target.Instances is null
                && targets.TryGetValue((target.Service, target.Subset, target.Datacenter), out var instances)
                ? target with { Instances = instances } : target)],
        };
    }
}
