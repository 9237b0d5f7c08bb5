using System.Security.Cryptography.X509Certificates;

namespace GatewayMesh.Certificates.Trust;

/// <summary>
/// Identity of the peer of a connection, with its validity: the connection may outlive the certificate or the root that signed it.
/// </summary>
public sealed class PeerIdentity
{
    private readonly byte[] _certificate;
    private readonly byte[][] _sent;
    private readonly PeerUsage _usage;
    private volatile TrustBundle? _trustedBy;

    /// <summary>Creates the identity of a trusted peer.</summary>
    /// <param name="id">Id of the peer.</param>
    /// <param name="certificate">Certificate of the peer.</param>
    /// <param name="sent">Further certificates sent by the peer.</param>
    /// <param name="trust">Trusted roots at the time of verification.</param>
    /// <param name="usage">Side of the peer.</param>
    public PeerIdentity(SpiffeId id, X509Certificate2 certificate, IEnumerable<X509Certificate2> sent, TrustBundle trust, PeerUsage usage)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(certificate);
        (Id, Uri) = (id, id.ToString());
        NotAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        _certificate = certificate.RawData;
        _sent = [.. sent.Select(each => each.RawData)];
        _trustedBy = trust;
        _usage = usage;
    }

    /// <summary>Id of the peer.</summary>
    public SpiffeId Id { get; }

    /// <summary>Id as text.</summary>
    public string Uri { get; }

    /// <summary>End of validity of the certificate.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>
    /// True if the identity still holds: the certificate has not expired, and <paramref name="trust"/> still contains its root. A
    /// comparison, except for the first call after the roots changed.
    /// </summary>
    public bool IsTrusted(TrustBundle? trust, DateTimeOffset now)
    {
        if (now >= NotAfter || trust is null)
        {
            return false;
        }

        if (ReferenceEquals(trust, _trustedBy))
        {
            return true;
        }

        using var certificate = X509CertificateLoader.LoadCertificate(_certificate);
        var sent = _sent.Select(X509CertificateLoader.LoadCertificate).ToList();
        var verdict = PeerVerifier.Verify(certificate, sent, trust, _usage, now);
        sent.ForEach(each => each.Dispose());
        if (verdict.IsTrusted)
        {
            _trustedBy = trust;
        }

        return verdict.IsTrusted;
    }
}
