namespace GatewayMesh.Certificates.Trust;

/// <summary>Which side of a connection a peer is on.</summary>
public enum PeerUsage
{
    /// <summary>It connected.</summary>
    Client,

    /// <summary>It was connected to.</summary>
    Server,
}
