using System.Net.Security;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>How a listener speaks TLS: the server's side of one handshake, asked when the client's hello is there.</summary>
/// <param name="inbound">The connection; a validation callback of the result may write to it what it found.</param>
/// <param name="host">The name that the client asked for (SNI, RFC 6066 §3), or empty.</param>
/// <returns>The options, or null when there is nothing valid to show: then the handshake is refused.</returns>
internal delegate SslServerAuthenticationOptions? TlsTerms(InboundConnection inbound, string host);
