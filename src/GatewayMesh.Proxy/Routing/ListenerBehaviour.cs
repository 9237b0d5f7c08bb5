using GatewayMesh.Proxy.Admission;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Routing;

/// <summary>What differs between kinds of listeners, composed once so that no step of the pipeline asks by which door a request came.</summary>
internal sealed record ListenerBehaviour
{
    /// <summary>For metrics and the access log.</summary>
    public required RequestDirection Direction { get; init; }

    /// <summary>Name of this proxy in <c>Via</c>: <c>NODE-ROLE</c>, at the edge one that tells nothing.</summary>
    public required string Pseudonym { get; init; }

    /// <summary>Who carries what is forwarded straight to an instance.</summary>
    public MeshTier Tier => Direction == RequestDirection.Gateway ? MeshTier.Gateway : MeshTier.Sidecar;

    /// <summary>Which service a request is for.</summary>
    public required IRouteResolver Resolver { get; init; }

    /// <summary>The peer is a part of the mesh: its mesh headers are believed. Otherwise they are dropped, both ways.</summary>
    public bool FromMeshPeer { get; init; }

    /// <summary>The peer is an application of the mesh, on its own host or carried by a guard: what it says of attempts is believed. Default: false.</summary>
    public bool FromApplication { get; init; }

    /// <summary>Intentions are asked here: the listener belongs to the service that is called, or to a gateway that stands in for it. Default: false.</summary>
    public bool Authorizes { get; init; }

    /// <summary>The edge: <c>X-Forwarded-*</c> are set here (and extended only for trusted proxies), and answers do not name the node.</summary>
    public bool AtTheEdge { get; init; }

    /// <summary>The live path goes on to the application, so that the probe passes through the whole data path.</summary>
    public bool ForwardsLivePath { get; init; }

    /// <summary>A constant share of the requests takes the way through a gateway, 0 to 1.</summary>
    public double GatewayShare { get; init; }

    /// <summary>What goes through it are calls to a service, which the limits of its policy bound. Default: false.</summary>
    public bool LimitsCalls { get; init; }

    /// <summary>What goes through it is work for an application of this host, which adaptive concurrency bounds. Default: false.</summary>
    public bool LimitsWork { get; init; }

    /// <summary>Bounds what the listener's peers may have in flight; null: no bound of its own.</summary>
    public GatewayAdmission? Admission { get; init; }
}
