using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>A node's own record in the registry.</summary>
public sealed record NodeRecord
{
    /// <summary>Name of the node.</summary>
    public required string Node { get; init; }

    /// <summary>Role of the node.</summary>
    public required MeshRole Role { get; init; }

    /// <summary>Version of the node's binary.</summary>
    public required string Version { get; init; }

    /// <summary>Revision of the configuration in use.</summary>
    public string Revision { get => field ?? "none"; init; } = "none";

    /// <summary>
    /// True if the node uses the registry's current configuration, as far as it concerns the node. (Revisions of two nodes may differ: each
    /// knows the services that it calls.)
    /// </summary>
    public bool Synced { get; init; } = true;

    /// <summary>Sidecar: current carrier of its traffic, <c>sidecar</c>, <c>gateway</c>, or <c>none</c>. Other roles: the role.</summary>
    public string Tier { get => field ?? "none"; init; } = "none";

    /// <summary>Process ids by kind: <c>guard</c>, <c>worker</c>, or <c>process</c>.</summary>
    public ImmutableSortedDictionary<string, int> Pids
    {
        get => field ?? ImmutableSortedDictionary<string, int>.Empty;
        init;
    } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Admin address, for <c>status</c>.</summary>
    public string Admin { get => field ?? ""; init; } = "";

    /// <summary>Recent requests per second (EWMA).</summary>
    public double RequestRate { get; init; }

    /// <summary>Demands for rate limits over the mesh, in tokens per second, by <see cref="NodeRates.IdOf"/>.</summary>
    public ImmutableSortedDictionary<string, double> Rates
    {
        get => field ?? ImmutableSortedDictionary<string, double>.Empty; // a record that an earlier version stored has none
        init;
    } = ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>Zone of the node, or null.</summary>
    public string? Zone { get; init; }

    /// <summary>Sidecar: the instances that the node fronts.</summary>
    public ImmutableArray<NodeService> Services { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Gateway: addresses of the gateway.</summary>
    public NodeGateway? Gateway { get; init; }

    /// <summary>
    /// Random id of the node's data directory: another id under the same name is another node. Empty for nodes before version 0.2.
    /// </summary>
    public string Instance { get => field ?? ""; init; } = "";

    /// <summary>Time of writing, by the node's own clock. Displayed, never compared with another clock.</summary>
    public DateTimeOffset At { get; init; }
}
