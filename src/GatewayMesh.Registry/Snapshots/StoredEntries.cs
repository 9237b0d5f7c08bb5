using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Policies;

namespace GatewayMesh.Registry.Snapshots;

/// <summary>The content of the store, as it stands in JSON.</summary>
internal sealed record StoredEntries
{
    public required ImmutableArray<ServiceEntry> Services { get; init; }

    public required ImmutableArray<ServiceDefaultsEntry> ServiceDefaults { get; init; }

    public required ImmutableArray<IngressGatewayEntry> IngressGateways { get; init; }

    public required ImmutableArray<ServicePolicyEntry> ServicePolicies { get; init; }

    public DeclaredIntentions? Intentions { get; init; }

    public required ImmutableArray<StoredNode> Nodes { get; init; }

    public StoredCatalogue? Catalogue { get; init; }

    public string? Datacenter { get; init; }

    public static StoredEntries From(RegistryView view) => new()
    {
        Services = view.Entries.Services,
        ServiceDefaults = view.Entries.ServiceDefaults,
        IngressGateways = view.Entries.IngressGateways,
        ServicePolicies = view.Entries.ServicePolicies,
        Nodes = [.. view.Nodes.Select(node => new StoredNode(node.Record, node.Alive))],
        Catalogue = view.Catalogue is { } catalogue ? StoredCatalogue.From(catalogue) : null,
        Intentions = view.Intentions,
        Datacenter = view.Datacenter,
    };

    public RegistryView ToView() => new(
        new EntrySet { Services = Services, ServiceDefaults = ServiceDefaults, IngressGateways = IngressGateways, ServicePolicies = ServicePolicies },
        [.. Nodes.Select(node => new NodeSighting(node.Record, node.Alive))])
    {
        Catalogue = Catalogue?.ToCatalogue(),
        Intentions = Intentions,
        Datacenter = Datacenter,
    };
}
