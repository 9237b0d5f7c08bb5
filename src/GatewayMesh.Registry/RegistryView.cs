using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry;

/// <summary>What a registry last said well: all that a snapshot is compiled from.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Nodes">The nodes.</param>
public sealed record RegistryView(EntrySet Entries, ImmutableArray<NodeSighting> Nodes)
{
    /// <summary>Nothing.</summary>
    public static RegistryView Empty { get; } = new(EntrySet.Empty, []);
}
