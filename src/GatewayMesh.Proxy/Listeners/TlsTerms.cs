using System.Net.Security;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>TLS terms of a listener: returns the server's options for one handshake, after the client's hello has arrived.</summary>
/// <param name="inbound">Connection; a validation callback in the result may record its findings there.</param>
/// <param name="host">Server name requested by the client (SNI, RFC 6066 §3), or empty.</param>
/// <returns>The options, or null if there is no valid certificate, which refuses the handshake.</returns>
internal delegate SslServerAuthenticationOptions? TlsTerms(InboundConnection inbound, string host);
