namespace GatewayMesh.Certificates.Trust;

/// <summary>Who a peer is, or why it is not believed.</summary>
/// <param name="Id">Its id; with <see cref="PeerFault.WrongService"/> who it is instead; null with every other fault.</param>
/// <param name="Fault">What is wrong with it.</param>
public readonly record struct PeerVerdict(SpiffeId? Id, PeerFault Fault)
{
    /// <summary>Whether it is believed.</summary>
    public bool IsBelieved => Fault == PeerFault.None;
}
