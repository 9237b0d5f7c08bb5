using System.Collections.Immutable;
using GatewayMesh.Registry.Snapshots;

namespace GatewayMesh.Registry.Bootstrap;

/// <summary>
/// The command line's overrides of the bootstrap file. Named options win over <c>--set</c>, which wins over variables, which win over
/// the file.
/// </summary>
public sealed record BootstrapOptions
{
    /// <summary>No overrides.</summary>
    public static BootstrapOptions None { get; } = new();

    /// <summary><c>--role</c>.</summary>
    public string? Role { get; init; }

    /// <summary><c>--node</c>.</summary>
    public string? Node { get; init; }

    /// <summary><c>--cluster</c>.</summary>
    public string? Cluster { get; init; }

    /// <summary><c>--registry</c>.</summary>
    public string? Registry { get; init; }

    /// <summary><c>--data-dir</c>.</summary>
    public string? DataDir { get; init; }

    /// <summary><c>--admin</c>.</summary>
    public string? Admin { get; init; }

    /// <summary><c>--no-guard</c>.</summary>
    public bool NoGuard { get; init; }

    /// <summary><c>--require-registry</c>.</summary>
    public bool RequireRegistry { get; init; }

    /// <summary>Each <c>--set path=value</c>, in order.</summary>
    public ImmutableArray<string> Set { get; init; } = [];

    /// <summary>True if a missing registry is an error. Default: true.</summary>
    public bool RegistryRequired { get; init; } = true;

    /// <summary>
    /// Decides, from the data folder, to use this host's agent when no registry is named. Default: true if an agent answers or a last-good
    /// snapshot exists, because only a node that used that agent has a snapshot without another registry.
    /// </summary>
    public Func<string, bool> UsesLocalConsul { get; init; } = dataDir =>
        File.Exists(SnapshotStore.FileIn(dataDir)) || RegistryReach.HasLocalConsul();
}
