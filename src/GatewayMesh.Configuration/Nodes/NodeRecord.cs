using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Values;

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

    /// <summary>Sidecar: who carries its traffic, <c>sidecar</c>, <c>gateway</c> or <c>none</c>. Others: their role.</summary>
    public string Tier { get; init; } = "none";

    /// <summary>Process ids by what they are: <c>guard</c>, <c>worker</c>, or <c>process</c>.</summary>
    public ImmutableSortedDictionary<string, int> Pids { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Its admin address, for <c>status</c>.</summary>
    public string Admin { get; init; } = "";

    /// <summary>Requests a second that it lately served (EWMA).</summary>
    public double RequestRate { get; init; }

    /// <summary>Sidecar: the instances that it fronts.</summary>
    public ImmutableArray<NodeService> Services { get; init; } = [];

    /// <summary>Gateway: where it is reached.</summary>
    public NodeGateway? Gateway { get; init; }

    /// <summary>When it wrote this, by its own clock. Shown, never compared with another clock.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>One instance that a node fronts.</summary>
/// <param name="Name">Name of the service.</param>
/// <param name="Id">Id of the instance.</param>
/// <param name="Address">Its inbound listener, as others dial it.</param>
/// <param name="Healthy">What its check says.</param>
public sealed record NodeService(string Name, string Id, HostPort Address, bool Healthy)
{
    /// <summary><c>http</c> or <c>grpc</c>.</summary>
    public string Protocol { get; init; } = "http";

    /// <summary>Tags.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Free pairs.</summary>
    public ImmutableSortedDictionary<string, string> Meta { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>Where a gateway is reached.</summary>
/// <param name="Service">The name that it registers.</param>
/// <param name="Group">The group of services that it serves.</param>
/// <param name="Mesh">Its listener for mesh peers.</param>
/// <param name="Tunnel">Its listener for guards' tunnels.</param>
public sealed record NodeGateway(string Service, string Group, HostPort Mesh, HostPort Tunnel);
