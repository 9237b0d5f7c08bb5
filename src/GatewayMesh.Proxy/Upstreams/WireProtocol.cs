namespace GatewayMesh.Proxy.Upstreams;

/// <summary>What is spoken on a connection.</summary>
internal enum WireProtocol
{
    /// <summary>HTTP/1.1.</summary>
    Http1,

    /// <summary>HTTP/2 in clear text, with prior knowledge (RFC 9113 §3.3).</summary>
    Http2,
}
