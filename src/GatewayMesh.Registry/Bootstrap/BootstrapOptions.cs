using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GatewayMesh.Registry.Snapshots;

namespace GatewayMesh.Registry.Bootstrap;

/// <summary>
/// The options that a role was started with. Null values come from the bootstrap file or its defaults. Named options win over
/// <c>--set</c>, which wins over variables, which win over the file. A guard sends the options to its workers as JSON.
/// </summary>
public sealed record BootstrapOptions
{
    /// <summary>No options.</summary>
    public static BootstrapOptions None { get; } = new();

    /// <summary><c>--role</c>: <c>sidecar</c>, <c>gateway</c> or <c>ingress</c>, unchecked.</summary>
    public string? Role { get; init; }

    /// <summary><c>--config</c>: the bootstrap file.</summary>
    public string? ConfigFile { get; init; }

    /// <summary><c>--node</c>: name of the node.</summary>
    public string? Node { get; init; }

    /// <summary><c>--cluster</c>: name of the cluster.</summary>
    public string? Cluster { get; init; }

    /// <summary><c>--registry</c>: URI of the registry.</summary>
    public string? Registry { get; init; }

    /// <summary><c>--data-dir</c>: folder for state.</summary>
    public string? DataDir { get; init; }

    /// <summary><c>--admin</c>: address of the admin listener, <c>HOST:PORT</c>.</summary>
    public string? Admin { get; init; }

    /// <summary><c>--no-guard</c>: run the worker alone. Default: false.</summary>
    public bool NoGuard { get; init; }

    /// <summary>
    /// <c>--require-registry</c>: exit code 4 when the registry is unreachable and there is no last-good snapshot. Default: false.
    /// </summary>
    public bool RequireRegistry { get; init; }

    /// <summary><c>--sidecar-for</c>: id of a service registered in Consul with a <c>connect.sidecar_service</c> stanza.</summary>
    public string? SidecarFor { get; init; }

    /// <summary><c>--set</c>: <c>path=value</c> pairs, in order.</summary>
    public ImmutableArray<string> Set { get; init; } = [];

    /// <summary>True if a missing registry is an error. Not an option of the command line. Default: true.</summary>
    [JsonIgnore]
    public bool RegistryRequired { get; init; } = true;

    /// <summary>
    /// Decides, from the data folder, to use this host's agent when no registry is named. Not an option of the command line. Default: true
    /// if an agent answers or a last-good snapshot exists, because only a node that used that agent has a snapshot without another
    /// registry.
    /// </summary>
    [JsonIgnore]
    public Func<string, bool> UsesLocalConsul { get; init; } = dataDir =>
        File.Exists(SnapshotStore.FileIn(dataDir)) || RegistryReach.HasLocalConsul();
}
