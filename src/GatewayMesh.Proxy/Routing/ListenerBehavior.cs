using GatewayMesh.Proxy.Admission;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Routing;

/// <summary>Differences between the kinds of listeners, composed once so that no step of the pipeline asks for the kind.</summary>
internal sealed record ListenerBehavior
{
    /// <summary>Direction for metrics and the access log.</summary>
    public required RequestDirection Direction { get; init; }

    /// <summary>Name of this proxy in <c>Via</c>: <c>NODE-ROLE</c>, at the edge a name that reveals nothing.</summary>
    public required string Pseudonym { get; init; }

    /// <summary>Tier of requests forwarded directly to an instance.</summary>
    public MeshTier Tier => Direction == RequestDirection.Gateway ? MeshTier.Gateway : MeshTier.Sidecar;

    /// <summary>Resolver of the requested service.</summary>
    public required IRouteResolver Resolver { get; init; }

    /// <summary>
    /// True if the peer is part of the mesh and its mesh headers are trusted. Otherwise mesh headers are dropped in both directions.
    /// </summary>
    public bool FromMeshPeer { get; init; }

    /// <summary>
    /// True if the peer is an application of the mesh, on its own host or carried by a guard, and its attempt numbers are trusted. Default:
    /// false.
    /// </summary>
    public bool FromApplication { get; init; }

    /// <summary>
    /// True if intentions are enforced here: the listener belongs to the called service, or to a gateway that takes over for its sidecar.
    /// Default: false.
    /// </summary>
    public bool Authorizes { get; init; }

    /// <summary>
    /// True at the edge: <c>X-Forwarded-*</c> are set here (and extended only for trusted proxies), and responses do not name the node.
    /// </summary>
    public bool AtTheEdge { get; init; }

    /// <summary>True if the liveness path is forwarded to the application, so that the probe passes through the whole data path.</summary>
    public bool ForwardsLivePath { get; init; }

    /// <summary>Constant share of the requests sent through a gateway, 0 to 1.</summary>
    public double GatewayShare { get; init; }

    /// <summary>True if requests are calls to a service, bounded by the limits of its policy. Default: false.</summary>
    public bool LimitsCalls { get; init; }

    /// <summary>
    /// True if no proxy of the mesh has handled the requests before: calls of applications, and of clients outside. What is decided once
    /// for a call, such as its faults, is decided here.
    /// </summary>
    public bool IsFirstProxy => LimitsCalls && !FromMeshPeer;

    /// <summary>True if requests are for an application of this host, bounded by adaptive concurrency. Default: false.</summary>
    public bool LimitsWork { get; init; }

    /// <summary>True if idempotency keys are kept here: the listener belongs to the called service. Default: false.</summary>
    public bool KeepsKeys { get; init; }

    /// <summary>
    /// True if the rate limits of the called service apply here: at its own sidecar, and at a gateway or an ingress on the way. Default:
    /// false.
    /// </summary>
    public bool LimitsRates { get; init; }

    /// <summary>Admission that bounds the requests in flight of the listener's peers; null for no bound.</summary>
    public GatewayAdmission? Admission { get; init; }
}
