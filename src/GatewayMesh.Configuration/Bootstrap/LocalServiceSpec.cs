using System.Collections.Immutable;
using System.Net;

namespace GatewayMesh.Configuration.Bootstrap;

/// <summary>One service that runs on this host.</summary>
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

    /// <summary>The application's way out, in this service's identity; null when it calls nobody.</summary>
    public IPEndPoint? Outbound { get; init; }

    /// <summary>Others' way in; null when nobody calls it.</summary>
    public IPEndPoint? Inbound { get; init; }

    /// <summary>How readiness is told; null: the instance counts as healthy while its sidecar is.</summary>
    public HealthSpec? Health { get; init; }

    /// <summary>Id of the sidecar's registration that somebody else made (<c>--sidecar-for</c>); null: this node registers its services itself.</summary>
    public string? RegisteredProxy { get; init; }

    /// <summary>Its share of the requests against that of other instances, 1 to 65,535. Default: 1.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Tags, as the registry shows them.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Free pairs, as the registry shows them.</summary>
    public ImmutableSortedDictionary<string, string> Meta { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Own local ports for upstreams; also what is watched ahead of the first call.</summary>
    public ImmutableArray<UpstreamSpec> Upstreams { get; init; } = [];

    /// <summary>Group of gateways that stands in for this service. Default: <c>default</c>.</summary>
    public string GatewayGroup { get; init; } = "default";

    /// <summary>Whether certificate and key are also written to <c>RUNDIR/NAME/identity.pem</c>, for the client library: whoever may read them is this service. Default: false.</summary>
    public bool ClientIdentity { get; init; }

    /// <summary>The group that may read those files; null: the group of this process.</summary>
    public string? ClientGroup { get; init; }
}
