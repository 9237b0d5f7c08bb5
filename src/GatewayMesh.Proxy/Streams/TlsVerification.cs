using System.Security.Cryptography.X509Certificates;

namespace GatewayMesh.Proxy.Streams;

/// <summary>Verifies a peer during the handshake, on the loop.</summary>
/// <param name="certificate">Certificate of the peer; owned by the receiver.</param>
/// <param name="sent">Further certificates sent by the peer; owned by the receiver.</param>
/// <returns>Alert for the peer; <see cref="AlertName.None"/> accepts the peer.</returns>
internal delegate AlertName TlsVerification(X509Certificate2 certificate, X509Certificate2Collection sent);
