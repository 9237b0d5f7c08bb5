using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Registry.Consul.Entries;

/// <summary>An entry as it was read.</summary>
/// <param name="Entry">The entry; null when it has errors, or says nothing that is used here.</param>
/// <param name="Errors">All that is wrong with it.</param>
internal sealed record ReadEntry(ConfigEntry? Entry, ImmutableArray<ConfigError> Errors);
