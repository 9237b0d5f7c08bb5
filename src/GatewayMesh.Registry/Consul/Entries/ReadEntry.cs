using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Registry.Consul.Entries;

/// <summary>The result of reading one entry.</summary>
/// <param name="Entry">The entry; null if the entry has errors or contains no setting that is used here.</param>
/// <param name="Errors">All errors of the entry.</param>
internal sealed record ReadEntry(ConfigEntry? Entry, ImmutableArray<ConfigError> Errors);
