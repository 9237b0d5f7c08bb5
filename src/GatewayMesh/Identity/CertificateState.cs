namespace GatewayMesh.Identity;

/// <summary>How a certificate is.</summary>
internal enum CertificateState
{
    /// <summary>Valid, and for long enough.</summary>
    Valid,

    /// <summary>Valid, but it should have been renewed by now: see <see cref="CertificateTimes.Notice"/>.</summary>
    Ending,

    /// <summary>Its time is over: it is never used.</summary>
    Expired,

    /// <summary>Its time has not begun: it is not used before.</summary>
    NotYetValid,

    /// <summary>There is none.</summary>
    Missing,
}
