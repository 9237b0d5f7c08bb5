using GatewayMesh.Certificates.Trust;

namespace GatewayMesh.Certificates.Handshakes;

/// <summary>A handshake failed; no application bytes were sent.</summary>
/// <param name="message">The problem.</param>
/// <param name="fault">Fault of the peer's certificate; <see cref="PeerFault.None"/> if the certificate is not the cause.</param>
/// <param name="cause">Exception of the platform.</param>
public sealed class HandshakeException(string message, PeerFault fault, Exception? cause = null) : IOException(message, cause)
{
    /// <summary>Fault of the peer's certificate; <see cref="PeerFault.None"/> if the certificate is not the cause.</summary>
    public PeerFault Fault { get; } = fault;

    /// <summary>True if this side has no valid certificate. Default: false.</summary>
    public bool LacksOwn { get; init; }
}
