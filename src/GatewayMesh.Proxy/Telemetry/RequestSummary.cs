using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Telemetry;

/// <summary>One completed request, recorded once.</summary>
public readonly record struct RequestSummary
{
    /// <summary>Arrival time.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Direction of the request.</summary>
    public RequestDirection Direction { get; init; }

    /// <summary>Calling service, or null.</summary>
    public string? Source { get; init; }

    /// <summary>Called service; null if unknown to the mesh (never a name made up by the caller).</summary>
    public string? Destination { get; init; }

    /// <summary>Requested service, if a router, splitter, or resolver leads from it to <see cref="Destination"/>; otherwise null.</summary>
    public string? Asked { get; init; }

    /// <summary>
    /// Rule that led to the target, <c>ROUTER[RULE]</c>, otherwise the resolver; null if <see cref="Asked"/> is null. Only for logs: no
    /// metric has this label.
    /// </summary>
    public string? Route { get; init; }

    /// <summary>ID of the target, <c>[SUBSET.]SERVICE.default.DATACENTER</c>; null if <see cref="Asked"/> is null.</summary>
    public string? Target { get; init; }

    /// <summary>Method as sent.</summary>
    public string Method { get; init; }

    /// <summary>Path without the query, which may contain secrets.</summary>
    public string Path { get; init; }

    /// <summary>HTTP status of the response; 0 if there was none.</summary>
    public int Status { get; init; }

    /// <summary>
    /// Error for which the mesh itself responded or aborted; <see cref="MeshErrorKind.None"/> for an application's response.
    /// </summary>
    public MeshErrorKind Error { get; init; }

    /// <summary>
    /// Status code of a gRPC call, from the application or the mesh; null for other requests and for calls that ended without one.
    /// </summary>
    public int? GrpcStatus { get; init; }

    /// <summary>Time from arrival to the end of the response.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Body bytes received from the client.</summary>
    public long BytesIn { get; init; }

    /// <summary>Body bytes sent to the client.</summary>
    public long BytesOut { get; init; }

    /// <summary>Number of attempts made by this process.</summary>
    public int Attempts { get; init; }

    /// <summary>Decision after the last failed attempt; null if none failed.</summary>
    public RetryVerdict? Retry { get; init; }

    /// <summary>Address of the last instance or gateway used, or null.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Tier that carried the request.</summary>
    public MeshTier Tier { get; init; }

    /// <summary>Name of the fault that was injected; null for none. Only for logs.</summary>
    public string? Fault { get; init; }

    /// <summary>Feature flag that is on for the request; null for none. Only for logs.</summary>
    public string? Flag { get; init; }

    /// <summary>ID of the request.</summary>
    public string? RequestId { get; init; }

    /// <summary>Trace ID; empty if there is none.</summary>
    public ReadOnlyMemory<char> TraceId { get; init; }
}
