using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry;

/// <summary>What a registry says at one moment: the last good state of each part, and all that is wrong with its present one.</summary>
/// <param name="Entries">The last good entries; null while there never were any.</param>
/// <param name="Nodes">The nodes; null while the registry was never reached.</param>
/// <param name="Errors">What is wrong now; empty when the registry and this report say the same.</param>
public sealed record RegistryReport(EntrySet? Entries, ImmutableArray<DiscoveredNode>? Nodes, ImmutableArray<ConfigError> Errors)
{
    /// <summary>What the registry itself says of services and gateways; the nodes are then only shown. Null: it has no such part, or was never reached.</summary>
    public ServiceCatalogue? Catalogue { get; init; }

    /// <summary>Who may call whom, the last good; null while that could never be read.</summary>
    public DeclaredIntentions? Intentions { get; init; }

    /// <summary>What the registry calls the cluster; null when it has no name for it, or is not known yet.</summary>
    public string? Datacenter { get; init; }

    /// <summary>What is wrong with the records of nodes. Said like errors, but they keep nobody from being in step with the registry.</summary>
    public ImmutableArray<ConfigError> Remarks { get; init; } = [];

    /// <summary>Whether the registry could be read, errors in what it says aside. Default: true.</summary>
    public bool Reached { get; init; } = true;

    /// <summary>Whether a snapshot can be compiled from it alone.</summary>
    public bool IsComplete => Entries is not null && (Nodes is not null || Catalogue is not null);
}
