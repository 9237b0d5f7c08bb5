namespace GatewayMesh.Certificates.Trust;

/// <summary>Why a peer is not believed.</summary>
public enum PeerFault
{
    /// <summary>It is believed.</summary>
    None,

    /// <summary>It showed no certificate.</summary>
    NoCertificate,

    /// <summary>No root is known here, so nobody can be believed.</summary>
    NoTrust,

    /// <summary>No root that is known here has signed it.</summary>
    UnknownAuthority,

    /// <summary>Its root speaks for another trust domain than its id claims.</summary>
    ForeignTrustDomain,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>Its time has not come.</summary>
    NotYetValid,

    /// <summary>It has no URI name, or one that is no service's id.</summary>
    NoIdentity,

    /// <summary>It has more than one URI name (SPIFFE X.509-SVID §2 allows one).</summary>
    SeveralIdentities,

    /// <summary>It is an authority's certificate, which vouches for others and is nobody's own (SPIFFE X.509-SVID §4.1).</summary>
    Authority,

    /// <summary>It may not be used for this side of a connection.</summary>
    WrongUsage,

    /// <summary>It is believed to be who it says, and that is not who was meant.</summary>
    WrongService,
}
