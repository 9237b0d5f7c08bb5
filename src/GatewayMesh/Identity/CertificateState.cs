namespace GatewayMesh.Identity;

/// <summary>State of a certificate.</summary>
internal enum CertificateState
{
    /// <summary>Valid with enough time left.</summary>
    Valid,

    /// <summary>Valid, but renewal is overdue: see <see cref="CertificateTimes.Notice"/>.</summary>
    Ending,

    /// <summary>Expired; never used.</summary>
    Expired,

    /// <summary>Not valid yet; not used.</summary>
    NotYetValid,

    /// <summary>No certificate.</summary>
    Missing,
}
