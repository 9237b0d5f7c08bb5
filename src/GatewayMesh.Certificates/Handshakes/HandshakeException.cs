using GatewayMesh.Certificates.Trust;

namespace GatewayMesh.Certificates.Handshakes;

/// <summary>A handshake failed: not a byte of an application was sent.</summary>
/// <param name="message">What happened.</param>
/// <param name="fault">What is wrong with the peer; <see cref="PeerFault.None"/> when it was not the peer's certificate.</param>
/// <param name="cause">What the platform said.</param>
public sealed class HandshakeException(string message, PeerFault fault, Exception? cause = null) : IOException(message, cause)
{
    /// <summary>What is wrong with the peer; <see cref="PeerFault.None"/> when it was not the peer's certificate.</summary>
    public PeerFault Fault { get; } = fault;

    /// <summary>Whether this side has no valid certificate to show. Default: false.</summary>
    public bool LacksOwn { get; init; }
}
