namespace GatewayMesh.Client;

/// <summary>Why an attempt failed. Also the tag <c>reason</c> of the metrics (in snake_case) and the word in the log.</summary>
public enum FailoverReason
{
    /// <summary>Nobody accepts connections there. Nothing was sent.</summary>
    Refused,

    /// <summary>No connection in time. Nothing was sent.</summary>
    ConnectTimeout,

    /// <summary>The gateway carries as much as it may. Nothing was sent.</summary>
    Busy,

    /// <summary>The gateway is about to leave. Nothing was sent.</summary>
    Draining,

    /// <summary>The gateway does not serve this service. Nothing was sent.</summary>
    Denied,

    /// <summary>The gateway is not who it should be, or does not believe our certificate, or we have none. Nothing was sent.</summary>
    Untrusted,

    /// <summary>The kept connection was closed before the request was written. Nothing was sent.</summary>
    Unsent,

    /// <summary>HTTP/2 REFUSED_STREAM, or GOAWAY below the stream (RFC 9113 §8.7). Nothing was processed.</summary>
    RefusedStream,

    /// <summary>The mesh itself answered, and says <c>forwarded=?0</c>: no application has seen the request.</summary>
    NotForwarded,

    /// <summary>The connection ended before an answer. An application may have seen the request.</summary>
    Lost,

    /// <summary>No answer, and the other side does not answer questions either. An application may have seen the request.</summary>
    Hung,
}
