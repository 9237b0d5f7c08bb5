using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry;

/// <summary>A registry's state at one moment: the last good version of each part, and all errors in the current version.</summary>
/// <param name="Entries">The last good entries; null before the first.</param>
/// <param name="Nodes">The nodes; null before the registry was first reached.</param>
/// <param name="Errors">The current errors; empty if this report equals the registry's current state.</param>
public sealed record RegistryReport(EntrySet? Entries, ImmutableArray<DiscoveredNode>? Nodes, ImmutableArray<ConfigError> Errors)
{
    /// <summary>
    /// The registry's own catalog of services and gateways; nodes are then only displayed. Null: the registry has no catalog, or was never
    /// reached.
    /// </summary>
    public ServiceCatalog? Catalog { get; init; }

    /// <summary>The last good intentions; null before the first read.</summary>
    public DeclaredIntentions? Intentions { get; init; }

    /// <summary>The registry's name for the cluster; null if there is none or before the first answer.</summary>
    public string? Datacenter { get; init; }

    /// <summary>Errors in the records of nodes. Shown like errors, but without effect on the synced state.</summary>
    public ImmutableArray<ConfigError> Remarks { get; init; } = [];

    /// <summary>True if the registry could be read, apart from errors in its content. Default: true.</summary>
    public bool Reached { get; init; } = true;

    /// <summary>True if a snapshot can be compiled from this report alone.</summary>
    public bool IsComplete => Entries is not null && (Nodes is not null || Catalog is not null);
}
