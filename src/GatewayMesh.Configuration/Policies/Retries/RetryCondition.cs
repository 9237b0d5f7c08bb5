using System.Text.Json.Serialization;

namespace GatewayMesh.Configuration.Policies.Retries;

/// <summary>
/// A way in which an attempt can fail, by the name that Envoy has for it (<c>x-envoy-retry-on</c>, <c>x-envoy-retry-grpc-on</c>). Whether a failure may be
/// tried again at all is another question: see the methods of <see cref="RetriesModel"/>.
/// </summary>
public enum RetryCondition
{
    /// <summary>A proxy of the mesh answered that it has not forwarded the request (<c>forwarded=?0</c>): overloaded, draining, without an instance. Envoy has no name for it.</summary>
    [JsonStringEnumMemberName("not-forwarded")]
    NotForwarded,

    /// <summary>No connection: refused, not in time, unreachable, handshake failed.</summary>
    [JsonStringEnumMemberName("connect-failure")]
    ConnectFailure,

    /// <summary>HTTP/2: the peer has done nothing with the stream (REFUSED_STREAM).</summary>
    [JsonStringEnumMemberName("refused-stream")]
    RefusedStream,

    /// <summary>No answer although the request was sent: the connection ended, the time of the attempt was up, or what came was no HTTP.</summary>
    [JsonStringEnumMemberName("reset")]
    Reset,

    /// <summary>An answer of 502, 503 or 504, and everything above.</summary>
    [JsonStringEnumMemberName("gateway-error")]
    GatewayError,

    /// <summary>An answer of 500 to 599, and everything above.</summary>
    [JsonStringEnumMemberName("5xx")]
    ServerError,

    /// <summary>An answer of 409.</summary>
    [JsonStringEnumMemberName("retriable-4xx")]
    Retriable4xx,

    /// <summary>An answer with one of <c>statusCodes</c>.</summary>
    [JsonStringEnumMemberName("retriable-status-codes")]
    StatusCodes,

    /// <summary>gRPC status 1 in the head of the answer.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,

    /// <summary>gRPC status 4 in the head of the answer.</summary>
    [JsonStringEnumMemberName("deadline-exceeded")]
    DeadlineExceeded,

    /// <summary>gRPC status 13 in the head of the answer.</summary>
    [JsonStringEnumMemberName("internal")]
    Internal,

    /// <summary>gRPC status 8 in the head of the answer.</summary>
    [JsonStringEnumMemberName("resource-exhausted")]
    ResourceExhausted,

    /// <summary>gRPC status 14 in the head of the answer.</summary>
    [JsonStringEnumMemberName("unavailable")]
    Unavailable,
}
