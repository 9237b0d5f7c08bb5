using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Proxy.Streams;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>The server's side of a handshake.</summary>
/// <param name="Context">Certificate and settings.</param>
/// <param name="Verify">
/// Verifies the certificate of a client, and may record the findings; null if none is requested. The certificates are disposed of by the
/// caller.
/// </param>
internal sealed record ServerTls(
    TlsContext Context, Func<InboundConnection, X509Certificate2, X509Certificate2Collection, AlertName>? Verify = null);
