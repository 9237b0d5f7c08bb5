namespace GatewayMesh.Proxy.Listeners;

/// <summary>The first 24 bytes of an HTTP/2 connection (RFC 9113 §3.4). No HTTP/1.1 request can start with them.</summary>
internal static class Http2Preface
{
    private static ReadOnlySpan<byte> Bytes => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Classifies the first bytes of a connection. The first different byte decides.</summary>
    public static PrefaceMatch Match(ReadOnlySpan<byte> first) =>
        first.StartsWith(Bytes) ? PrefaceMatch.Http2
        : Bytes.StartsWith(first) ? PrefaceMatch.Undecided
        : PrefaceMatch.Http1;
}
