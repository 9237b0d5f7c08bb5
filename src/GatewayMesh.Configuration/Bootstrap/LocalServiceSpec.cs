using System.Collections.Immutable;
using System.Net;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>A service that runs on this host.</summary>
public sealed record LocalServiceSpec
{
    /// <summary>Name of the service.</summary>
    public required string Name { get; init; }

    /// <summary>Id of this instance. Default: <c>NAME-NODE</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Address of the application. Default: <c>127.0.0.1</c>.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Port of the application.</summary>
    public required int Port { get; init; }

    /// <summary><c>http</c> (default), <c>http2</c> or <c>grpc</c>; <c>tcp</c> is not supported yet.</summary>
    public string Protocol { get; init; } = "http";

    /// <summary>
    /// Outbound listener for the application's calls, in this service's identity; null if the application calls no service.
    /// </summary>
    public IPEndPoint? Outbound { get; init; }

    /// <summary>Inbound listener for calls from other nodes; null if the service has no callers.</summary>
    public IPEndPoint? Inbound { get; init; }

    /// <summary>Readiness check; null: the instance is healthy while its sidecar is healthy.</summary>
    public HealthSpec? Health { get; init; }

    /// <summary>
    /// Id of a sidecar registration made by another party (<c>--sidecar-for</c>); null: this node registers its services itself.
    /// </summary>
    public string? RegisteredProxy { get; init; }

    /// <summary>Share of requests relative to other instances, 1 to 65,535. Default: 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Tags shown in the registry.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>User-defined metadata shown in the registry.</summary>
    public ImmutableSortedDictionary<string, string> Meta { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Local ports for individual upstreams. Their endpoints are watched ahead of the first call.</summary>
    public ImmutableArray<UpstreamSpec> Upstreams { get; init; } = [];

    /// <summary>Group of gateways that takes over for this service. Default: <c>default</c>.</summary>
    public string GatewayGroup { get; init; } = "default";

    /// <summary>
    /// True if certificate and key are also written to <c>RUNDIR/NAME/identity.pem</c> for the client library. Any user who can read the
    /// file has this service's identity. Default: false.
    /// </summary>
    public bool ClientIdentity { get; init; }

    /// <summary>Group that may read the identity files; null: the group of this process.</summary>
    public string? ClientGroup { get; init; }
}
