using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Registry.Live;

/// <summary>The visible state of <see cref="LiveConfiguration"/>, replaced as a whole.</summary>
internal sealed record LiveState(
    MeshSnapshot Snapshot, RegistryView View, ConfigurationOrigin Origin, bool Synced, ImmutableArray<ConfigError> Errors)
{
    /// <summary>True if the last read of the registry succeeded, apart from errors in its content; null before the first read.</summary>
    public bool? Reached { get; init; }

    public static LiveState Nothing { get; } = new(MeshSnapshot.Empty, RegistryView.Empty, ConfigurationOrigin.None, Synced: false, []);
}
