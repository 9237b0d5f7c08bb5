namespace GatewayMesh.Certificates.Trust;

/// <summary>Side of a peer in a connection.</summary>
public enum PeerUsage
{
    /// <summary>The peer is the client.</summary>
    Client,

    /// <summary>The peer is the server.</summary>
    Server,
}
