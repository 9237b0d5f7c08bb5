namespace GatewayMesh.Client;

/// <summary>The reason of a failed attempt. Also the tag <c>reason</c> of the metrics (in snake_case) and the reason in the log.</summary>
public enum FailoverReason
{
    /// <summary>The connection was refused. Nothing was sent.</summary>
    Refused,

    /// <summary>The connection timed out. Nothing was sent.</summary>
    ConnectTimeout,

    /// <summary>The gateway is at its connection limit. Nothing was sent.</summary>
    Busy,

    /// <summary>The gateway is draining. Nothing was sent.</summary>
    Draining,

    /// <summary>The gateway does not serve this service. Nothing was sent.</summary>
    Denied,

    /// <summary>The gateway failed verification or does not trust the client certificate, or there is none. Nothing was sent.</summary>
    Untrusted,

    /// <summary>The kept-alive connection was closed before the request was written. Nothing was sent.</summary>
    Unsent,

    /// <summary>HTTP/2 REFUSED_STREAM, or GOAWAY below the stream (RFC 9113 §8.7). Nothing was processed.</summary>
    RefusedStream,

    /// <summary>The mesh itself answered with <c>forwarded=?0</c>: no application has seen the request.</summary>
    NotForwarded,

    /// <summary>The connection was lost before an answer. An application may have seen the request.</summary>
    Lost,

    /// <summary>No answer, and no answer to probes either. An application may have seen the request.</summary>
    Hung,
}
