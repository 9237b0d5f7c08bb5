using System.Collections.Immutable;
using GatewayMesh.Registry.Snapshots;

namespace GatewayMesh.Registry.Bootstrap;

/// <summary>What the command line says over the bootstrap file. Named options go over <c>--set</c>, that over variables, those over the file.</summary>
public sealed record BootstrapOptions
{
    /// <summary>None.</summary>
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

    /// <summary>Whether a missing registry is an error. Default: true.</summary>
    public bool RegistryRequired { get; init; } = true;

    /// <summary>
    /// Asked with the data folder when no registry is named: whether the agent of this host is the registry. Default: when one answers,
    /// or when there is a last good snapshot, which a node without any other registry has from that agent.
    /// </summary>
    public Func<string, bool> UsesLocalConsul { get; init; } = dataDir => File.Exists(SnapshotStore.FileIn(dataDir)) || RegistryReach.HasLocalConsul();
}
