namespace GatewayMesh.Certificates.Trust;

/// <summary>Result of verifying a peer: its identity, or the reason why it is not trusted.</summary>
/// <param name="Id">Id of the peer; with <see cref="PeerFault.WrongService"/> the actual id; null with every other fault.</param>
/// <param name="Fault">Reason why the peer is not trusted.</param>
public readonly record struct PeerVerdict(SpiffeId? Id, PeerFault Fault)
{
    /// <summary>True if the peer is trusted.</summary>
    public bool IsTrusted => Fault == PeerFault.None;
}
