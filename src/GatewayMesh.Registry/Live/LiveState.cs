using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Registry.Live;

/// <summary>All that <see cref="LiveConfiguration"/> shows, swapped as one.</summary>
internal sealed record LiveState(MeshSnapshot Snapshot, RegistryView View, ConfigurationOrigin Origin, bool Synced, ImmutableArray<ConfigError> Errors)
{
    /// <summary>Whether the registry could be read the last time, errors in what it says aside; null: there was no answer yet, good or bad.</summary>
    public bool? Reached { get; init; }

    public static LiveState Nothing { get; } = new(MeshSnapshot.Empty, RegistryView.Empty, ConfigurationOrigin.None, Synced: false, []);
}
