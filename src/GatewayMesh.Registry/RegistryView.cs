using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry;

/// <summary>What a registry last said well: all that a snapshot is compiled from.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Nodes">The nodes.</param>
public sealed record RegistryView(EntrySet Entries, ImmutableArray<DiscoveredNode> Nodes)
{
    /// <summary>Nothing.</summary>
    public static RegistryView Empty { get; } = new(EntrySet.Empty, []);

    /// <summary>What the registry itself says of services and gateways; null: the nodes do.</summary>
    public ServiceCatalogue? Catalogue { get; init; }

    /// <summary>Who may call whom; null: that could never be read, and nobody may call anybody.</summary>
    public DeclaredIntentions? Intentions { get; init; }

    /// <summary>What the registry calls the cluster, or null.</summary>
    public string? Datacenter { get; init; }

    /// <summary>This view with what <paramref name="report"/> says. What the report lacks stays as it was: from an earlier report, or from the disk.</summary>
    public RegistryView With(RegistryReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new RegistryView(report.Entries ?? Entries, report.Nodes ?? Nodes)
        {
            Catalogue = report.Catalogue is { } catalogue ? Filled(catalogue) : report.IsComplete ? null : Catalogue,
            Intentions = report.Intentions ?? Intentions,
            Datacenter = report.Datacenter ?? Datacenter,
        };
    }

    // A service that nobody looks at now keeps the instances that it had.
    private ServiceCatalogue Filled(ServiceCatalogue said)
    {
        if (Catalogue is null || (said.Services.All(service => service.Instances is not null) && said.Targets.All(target => target.Instances is not null)))
        {
            return said;
        }

        var known = Catalogue.Services.Where(service => service.Instances is not null).ToDictionary(service => service.Name, service => service.Instances, StringComparer.Ordinal);
        var targets = Catalogue.Targets.Where(target => target.Instances is not null).ToDictionary(target => (target.Service, target.Subset, target.Datacenter), target => target.Instances);
        return said with
        {
            Services = [.. said.Services.Select(service => service.Instances is null && known.TryGetValue(service.Name, out var instances) ? service with { Instances = instances } : service)],
            Targets = [.. said.Targets.Select(target => target.Instances is null && targets.TryGetValue((target.Service, target.Subset, target.Datacenter), out var instances) ? target with { Instances = instances } : target)],
        };
    }
}
