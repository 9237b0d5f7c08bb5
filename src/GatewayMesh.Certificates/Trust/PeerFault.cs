namespace GatewayMesh.Certificates.Trust;

/// <summary>Reason why a peer is not trusted.</summary>
public enum PeerFault
{
    /// <summary>The peer is trusted.</summary>
    None,

    /// <summary>The peer presented no certificate.</summary>
    NoCertificate,

    /// <summary>No root is known, so no peer can be trusted.</summary>
    NoTrust,

    /// <summary>No known root has signed the certificate.</summary>
    UnknownAuthority,

    /// <summary>The trust domain of the root differs from that of the id.</summary>
    ForeignTrustDomain,

    /// <summary>The certificate has expired.</summary>
    Expired,

    /// <summary>The certificate is not yet valid.</summary>
    NotYetValid,

    /// <summary>The certificate has no URI name, or a URI that is not a service id.</summary>
    NoIdentity,

    /// <summary>The certificate has more than one URI name (SPIFFE X.509-SVID §2 allows one).</summary>
    SeveralIdentities,

    /// <summary>The certificate is an authority's, which cannot identify a peer (SPIFFE X.509-SVID §4.1).</summary>
    Authority,

    /// <summary>The certificate's usage does not permit this side of a connection.</summary>
    WrongUsage,

    /// <summary>The peer is trusted, but is not the required service.</summary>
    WrongService,
}
