using System.Security.Cryptography.X509Certificates;

namespace GatewayMesh.Certificates.Trust;

/// <summary>Who is on the other end of a connection, for as long as that holds: the connection may outlive the certificate, or the root that vouched for it.</summary>
public sealed class PeerIdentity
{
    private readonly byte[] _certificate;
    private readonly byte[][] _sent;
    private readonly PeerUsage _usage;
    private volatile TrustBundle? _believedBy;

    /// <summary>A peer that was believed.</summary>
    /// <param name="id">Who it is.</param>
    /// <param name="certificate">Its certificate.</param>
    /// <param name="sent">What else it sent.</param>
    /// <param name="trust">Whom was believed then.</param>
    /// <param name="usage">Which side it is on.</param>
    public PeerIdentity(SpiffeId id, X509Certificate2 certificate, IEnumerable<X509Certificate2> sent, TrustBundle trust, PeerUsage usage)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(certificate);
        (Id, Uri) = (id, id.ToString());
        NotAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        _certificate = certificate.RawData;
        _sent = [.. sent.Select(each => each.RawData)];
        _believedBy = trust;
        _usage = usage;
    }

    /// <summary>Who it is.</summary>
    public SpiffeId Id { get; }

    /// <summary>The same as text.</summary>
    public string Uri { get; }

    /// <summary>Until when its certificate is valid.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>Whether it is still who it was: its certificate's time is not over, and <paramref name="trust"/> still has its root. A comparison, but for the first call after the roots changed.</summary>
    public bool IsBelieved(TrustBundle? trust, DateTimeOffset now)
    {
        if (now >= NotAfter || trust is null)
        {
            return false;
        }

        if (ReferenceEquals(trust, _believedBy))
        {
            return true;
        }

        using var certificate = X509CertificateLoader.LoadCertificate(_certificate);
        var sent = _sent.Select(X509CertificateLoader.LoadCertificate).ToList();
        var verdict = PeerVerifier.Verify(certificate, sent, trust, _usage, now);
        sent.ForEach(each => each.Dispose());
        if (verdict.IsBelieved)
        {
            _believedBy = trust;
        }

        return verdict.IsBelieved;
    }
}
