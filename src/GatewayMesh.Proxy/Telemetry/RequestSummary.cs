using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>One request, told once, when it is over.</summary>
public readonly record struct RequestSummary
{
    /// <summary>When it arrived.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Which way it went.</summary>
    public RequestDirection Direction { get; init; }

    /// <summary>The calling service, or null.</summary>
    public string? Source { get; init; }

    /// <summary>The called service; null when the mesh does not know it (never a name that only the caller made up).</summary>
    public string? Destination { get; init; }

    /// <summary>The service that was asked for, where a router, splitter or resolver leads from it to <see cref="Destination"/>; otherwise null.</summary>
    public string? Asked { get; init; }

    /// <summary>What led to the target: <c>ROUTER[RULE]</c>, else the resolver; null where <see cref="Asked"/> is. In logs only: a metric has no label for it.</summary>
    public string? Route { get; init; }

    /// <summary>Id of the target, <c>[SUBSET.]SERVICE.default.DATACENTER</c>; null where <see cref="Asked"/> is.</summary>
    public string? Target { get; init; }

    /// <summary>The method as sent.</summary>
    public string Method { get; init; }

    /// <summary>The path without the query, which may carry secrets.</summary>
    public string Path { get; init; }

    /// <summary>HTTP status of the answer; 0 when there was none.</summary>
    public int Status { get; init; }

    /// <summary>Why the mesh itself answered or broke off; <see cref="MeshErrorKind.None"/> for an application's answer.</summary>
    public MeshErrorKind Error { get; init; }

    /// <summary>Status code of a gRPC call, the application's or the mesh's; null for other requests and for calls that ended without one.</summary>
    public int? GrpcStatus { get; init; }

    /// <summary>From arrival to the end of the answer.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Body bytes received from the client.</summary>
    public long BytesIn { get; init; }

    /// <summary>Body bytes sent to the client.</summary>
    public long BytesOut { get; init; }

    /// <summary>Attempts made by this process.</summary>
    public int Attempts { get; init; }

    /// <summary>What was decided when the last attempt failed; null when none did.</summary>
    public RetryVerdict? Retry { get; init; }

    /// <summary>Who was asked last: address of an instance or gateway, or null.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Who carried it on.</summary>
    public MeshTier Tier { get; init; }

    /// <summary>Id of the request.</summary>
    public string? RequestId { get; init; }

    /// <summary>Trace id, or null.</summary>
    public string? TraceId { get; init; }
}
