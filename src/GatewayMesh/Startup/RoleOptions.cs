using System.Collections.Immutable;

namespace GatewayMesh.Startup;

/// <summary>Command-line options of a role. Null values come from the bootstrap file or its defaults.</summary>
public sealed record RoleOptions
{
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
}
