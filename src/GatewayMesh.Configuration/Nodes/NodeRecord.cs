using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Configuration.Nodes;

/// <summary>What a node says of itself to the registry.</summary>
public sealed record NodeRecord
{
    /// <summary>Its name.</summary>
    public required string Node { get; init; }

    /// <summary>Its role.</summary>
    public required MeshRole Role { get; init; }

    /// <summary>Version of its binary.</summary>
    public required string Version { get; init; }

    /// <summary>Revision of the configuration in use.</summary>
    public string Revision { get; init; } = "none";

    /// <summary>Whether that is what the registry says now, as far as the node needs it. (Revisions of two nodes may differ: each knows the services that it calls.)</summary>
    public bool Synced { get; init; } = true;

    /// <summary>Sidecar: who carries its traffic, <c>sidecar</c>, <c>gateway</c> or <c>none</c>. Others: their role.</summary>
    public string Tier { get; init; } = "none";

    /// <summary>Process ids by what they are: <c>guard</c>, <c>worker</c>, or <c>process</c>.</summary>
    public ImmutableSortedDictionary<string, int> Pids { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Its admin address, for <c>status</c>.</summary>
    public string Admin { get; init; } = "";

    /// <summary>Requests a second that it lately served (EWMA).</summary>
    public double RequestRate { get; init; }

    /// <summary>Its zone, or null.</summary>
    public string? Zone { get; init; }

    /// <summary>Sidecar: the instances that it fronts.</summary>
    public ImmutableArray<NodeService> Services { get; init; } = [];

    /// <summary>Gateway: where it is reached.</summary>
    public NodeGateway? Gateway { get; init; }

    /// <summary>Random id of the node's data directory: another id under the same name is another node. Empty from nodes before version 0.2.</summary>
    public string Instance { get; init; } = "";

    /// <summary>When it wrote this, by its own clock. Shown, never compared with another clock.</summary>
    public DateTimeOffset At { get; init; }
}
