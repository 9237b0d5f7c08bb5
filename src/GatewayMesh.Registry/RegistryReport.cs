using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Registry;

/// <summary>What a registry says at one moment: the last good state of each part, and all that is wrong with its present one.</summary>
/// <param name="Entries">The last good entries; null while there never were any.</param>
/// <param name="Nodes">The nodes; null while the registry was never reached.</param>
/// <param name="Errors">What is wrong now; empty when the registry and this report say the same.</param>
public sealed record RegistryReport(EntrySet? Entries, ImmutableArray<NodeSighting>? Nodes, ImmutableArray<ConfigError> Errors);
