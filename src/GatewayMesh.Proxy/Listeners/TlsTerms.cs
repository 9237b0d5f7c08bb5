namespace GatewayMesh.Proxy.Listeners;

/// <summary>TLS terms of a listener: returns the server's side of one handshake.</summary>
/// <param name="inbound">Connection.</param>
/// <param name="host">Server name requested by the client (SNI, RFC 6066 §3), or empty.</param>
/// <returns>The server's side, or null if there is no valid certificate, which refuses the handshake.</returns>
internal delegate ServerTls? TlsTerms(InboundConnection inbound, string host);
