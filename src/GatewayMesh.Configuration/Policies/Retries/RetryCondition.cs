using System.Text.Json.Serialization;

namespace GatewayMesh.Configuration.Policies.Retries;

/// <summary>
/// A failure of an attempt, by Envoy's name (<c>x-envoy-retry-on</c>, <c>x-envoy-retry-grpc-on</c>). The method decides in addition; see
/// <see cref="RetriesModel"/>.
/// </summary>
public enum RetryCondition
{
    /// <summary>
    /// A proxy of the mesh responded that the request was not forwarded (<c>forwarded=?0</c>): overloaded, draining, without an instance.
    /// Envoy has no such condition.
    /// </summary>
    [JsonStringEnumMemberName("not-forwarded")]
    NotForwarded,

    /// <summary>No connection: refused, timed out, unreachable, or failed handshake.</summary>
    [JsonStringEnumMemberName("connect-failure")]
    ConnectFailure,

    /// <summary>HTTP/2: the peer has not processed the stream (REFUSED_STREAM).</summary>
    [JsonStringEnumMemberName("refused-stream")]
    RefusedStream,

    /// <summary>No response to a sent request: the connection ended, the attempt timed out, or the response was not valid HTTP.</summary>
    [JsonStringEnumMemberName("reset")]
    Reset,

    /// <summary>A response with 502, 503, or 504, and everything above.</summary>
    [JsonStringEnumMemberName("gateway-error")]
    GatewayError,

    /// <summary>A response with 500 to 599, and everything above.</summary>
    [JsonStringEnumMemberName("5xx")]
    ServerError,

    /// <summary>A response with 409.</summary>
    [JsonStringEnumMemberName("retriable-4xx")]
    Retriable4xx,

    /// <summary>A response with one of <c>statusCodes</c>.</summary>
    [JsonStringEnumMemberName("retriable-status-codes")]
    StatusCodes,

    /// <summary>gRPC status 1 before the first message of the response.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,

    /// <summary>gRPC status 4 before the first message of the response.</summary>
    [JsonStringEnumMemberName("deadline-exceeded")]
    DeadlineExceeded,

    /// <summary>gRPC status 13 before the first message of the response.</summary>
    [JsonStringEnumMemberName("internal")]
    Internal,

    /// <summary>gRPC status 8 before the first message of the response.</summary>
    [JsonStringEnumMemberName("resource-exhausted")]
    ResourceExhausted,

    /// <summary>gRPC status 14 before the first message of the response.</summary>
    [JsonStringEnumMemberName("unavailable")]
    Unavailable,
}
