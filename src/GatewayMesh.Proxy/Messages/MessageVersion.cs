namespace GatewayMesh.Proxy.Messages;

/// <summary>Protocol version of a message (RFC 9110 §2.5).</summary>
internal enum MessageVersion
{
    /// <summary>HTTP/1.1.</summary>
    Http11,

    /// <summary>HTTP/1.0.</summary>
    Http10,

    /// <summary>HTTP/2.</summary>
    Http2,
}
