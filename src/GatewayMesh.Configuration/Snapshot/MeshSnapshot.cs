using System.Collections.Frozen;
using System.Collections.Immutable;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Snapshot;

/// <summary>The compiled configuration of the whole mesh. Immutable; a request reads it once, at the door.</summary>
public sealed class MeshSnapshot
{
    /// <summary>A mesh that knows nothing.</summary>
    public static MeshSnapshot Empty { get; } = new() { Revision = "none" };

    /// <summary>Short digest of the content: equal content, equal revision.</summary>
    public required string Revision { get; init; }

    /// <summary>The services by name.</summary>
    public FrozenDictionary<string, ServiceModel> Services { get; init; } = FrozenDictionary<string, ServiceModel>.Empty;

    /// <summary>The gateways of the cluster, healthy or not.</summary>
    public ImmutableArray<GatewayModel> Gateways { get; init; } = [];

    /// <summary>Public routes by ingress service name and port.</summary>
    public FrozenDictionary<(string Ingress, int Port), IngressModel> Ingress { get; init; } = FrozenDictionary<(string, int), IngressModel>.Empty;
}

/// <summary>A service as callers see it.</summary>
/// <param name="Name">Name of the service.</param>
/// <param name="Protocol"><c>http</c>, <c>http2</c> or <c>grpc</c>.</param>
/// <param name="Policy">How calls to it are made.</param>
/// <param name="Endpoints">Its instances, healthy or not.</param>
public sealed record ServiceModel(string Name, string Protocol, PolicyModel Policy, ImmutableArray<EndpointModel> Endpoints);

/// <summary>One instance of a service: the same one by (service, id, address).</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Id">Id of the instance.</param>
/// <param name="Node">Node that it runs on.</param>
/// <param name="Address">Where it is dialled: its sidecar's inbound listener, or the instance itself when no sidecar fronts it.</param>
/// <param name="Healthy">What the registry says of it.</param>
public sealed record EndpointModel(string Service, string Id, string Node, HostPort Address, bool Healthy)
{
    /// <summary>Free pairs from its registration.</summary>
    public ImmutableSortedDictionary<string, string> Meta { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>How calls to a service are made (from <c>kind: service-policy</c>).</summary>
public sealed record PolicyModel
{
    /// <summary>The defaults.</summary>
    public static PolicyModel Default { get; } = new();

    /// <summary>Total time of a request, all attempts. Default: 15 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Time to connect to an instance. Default: 1 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Attempts of one request over all layers. Default: 3.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Failures in a row after which an instance is ejected. Default: 3.</summary>
    public int EjectAfter { get; init; } = 3;

    /// <summary>How long it is ejected, times the number of ejections in a row, at most ten times. Default: 10 s.</summary>
    public TimeSpan EjectFor { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>A gateway as sidecars and guards see it.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Group">The group of services that it serves.</param>
/// <param name="Mesh">Its listener for mesh peers.</param>
/// <param name="Tunnel">Its listener for guards' tunnels.</param>
/// <param name="Healthy">What the registry says of it.</param>
public sealed record GatewayModel(string Node, string Group, HostPort Mesh, HostPort Tunnel, bool Healthy)
{
    /// <summary>Its zone, or null.</summary>
    public string? Zone { get; init; }
}

/// <summary>Public hosts of one ingress port.</summary>
/// <param name="Hosts">Service by host name (lower case); <c>*</c> is the default.</param>
public sealed record IngressModel(FrozenDictionary<string, string> Hosts);
