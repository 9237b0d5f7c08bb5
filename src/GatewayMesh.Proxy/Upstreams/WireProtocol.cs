namespace GatewayMesh.Proxy.Upstreams;

/// <summary>Protocol of a connection.</summary>
internal enum WireProtocol
{
    /// <summary>HTTP/1.1.</summary>
    Http1,

    /// <summary>HTTP/2 in cleartext, with prior knowledge (RFC 9113 §3.3).</summary>
    Http2,
}
