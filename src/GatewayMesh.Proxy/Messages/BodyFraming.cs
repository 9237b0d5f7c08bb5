namespace GatewayMesh.Proxy.Messages;

/// <summary>End of a message's content (RFC 9112 §6.3).</summary>
internal enum BodyFraming
{
    /// <summary>The message has no content.</summary>
    None,

    /// <summary><c>Content-Length</c>.</summary>
    Length,

    /// <summary><c>Transfer-Encoding: chunked</c>.</summary>
    Chunked,

    /// <summary>The end of the connection; only in responses.</summary>
    UntilClose,
}
