using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Flags;
using GatewayMesh.Configuration.Entries.MeshRouting;
using GatewayMesh.Configuration.Entries.Resolvers;
using GatewayMesh.Configuration.Entries.Routers;
using GatewayMesh.Configuration.Entries.Splitters;
using GatewayMesh.Configuration.Entries.Tokens;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Policies;

namespace GatewayMesh.Registry.Snapshots;

/// <summary>The content of the store in its JSON form.</summary>
internal sealed record StoredEntries
{
    public required ImmutableArray<ServiceEntry> Services { get; init; }

    public required ImmutableArray<ServiceDefaultsEntry> ServiceDefaults { get; init; }

    public ImmutableArray<ProxyDefaultsEntry>? ProxyDefaults { get; init; }

    public ImmutableArray<ServiceRouterEntry>? ServiceRouters { get; init; }

    public ImmutableArray<ServiceSplitterEntry>? ServiceSplitters { get; init; }

    public ImmutableArray<ServiceResolverEntry>? ServiceResolvers { get; init; }

    public required ImmutableArray<IngressGatewayEntry> IngressGateways { get; init; }

    public required ImmutableArray<ServicePolicyEntry> ServicePolicies { get; init; }

    public ImmutableArray<JwtProviderEntry>? JwtProviders { get; init; }
    public ImmutableArray<FeatureFlagEntry>? FeatureFlags { get; init; }

    public MeshRouteSet? MeshRoutes { get; init; }

    public DeclaredIntentions? Intentions { get; init; }

    public required ImmutableArray<StoredNode> Nodes { get; init; }

    // The name in stores of every version.
    [JsonPropertyName("catalogue")]
    public StoredCatalog? Catalog { get; init; }

    public string? Datacenter { get; init; }

    public static StoredEntries From(RegistryView view) => new()
    {
        Services = view.Entries.Services,
        ServiceDefaults = view.Entries.ServiceDefaults,
        ProxyDefaults = view.Entries.ProxyDefaults,
        ServiceRouters = view.Entries.ServiceRouters,
        ServiceSplitters = view.Entries.ServiceSplitters,
        ServiceResolvers = view.Entries.ServiceResolvers,
        IngressGateways = view.Entries.IngressGateways,
        ServicePolicies = view.Entries.ServicePolicies,
        JwtProviders = view.Entries.JwtProviders,
        FeatureFlags = view.Entries.FeatureFlags,
        MeshRoutes = view.Entries.MeshRoutes == MeshRouteSet.None ? null : view.Entries.MeshRoutes,
        Nodes = [.. view.Nodes.Select(node => new StoredNode(node.Record, node.Alive))],
        Catalog = view.Catalog is { } catalog ? StoredCatalog.From(catalog) : null,
        Intentions = view.Intentions,
        Datacenter = view.Datacenter,
    };

    public RegistryView ToView() => new(
        new EntrySet
        {
            Services = Services,
            ServiceDefaults = ServiceDefaults,
            ProxyDefaults = ProxyDefaults ?? [],
            ServiceRouters = ServiceRouters ?? [],
            ServiceSplitters = ServiceSplitters ?? [],
            ServiceResolvers = ServiceResolvers ?? [],
            IngressGateways = IngressGateways,
            ServicePolicies = ServicePolicies,
            JwtProviders = JwtProviders ?? [],
            FeatureFlags = FeatureFlags ?? [],
            MeshRoutes = MeshRoutes ?? MeshRouteSet.None,
        },
        [.. Nodes.Select(node => new DiscoveredNode(node.Record, node.Alive))])
    {
        Catalog = Catalog?.ToCatalog(),
        Intentions = Intentions,
        Datacenter = Datacenter,
    };
}
