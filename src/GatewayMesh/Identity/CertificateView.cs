using GatewayMesh.Admin.Documents;

namespace GatewayMesh.Identity;

/// <summary>A <see cref="CertificateReport"/> as a document: <c>/certs</c>, and the member <c>certificates</c> of <c>/status</c>.</summary>
internal static class CertificateView
{
    /// <summary>The part of <c>/status</c>.</summary>
    public static CertificatesStatus Of(CertificateReport report, DateTimeOffset now)
    {
        var status = new CertificatesStatus();
        Fill(status, report, now);
        return status;
    }

    /// <summary><c>/certs</c>. Without a report, the node's identity is plaintext.</summary>
    public static CertificatesDocument Document(CertificateReport? report, DateTimeOffset now)
    {
        var document = new CertificatesDocument { Identity = "plaintext" };
        if (report is not null)
        {
            Fill(document, report, now);
        }

        return document;
    }

    private static void Fill(CertificatesStatus status, CertificateReport report, DateTimeOffset now)
    {
        status.Identity = "mtls";
        status.Directory = report.Directory;
        status.Identities = [.. report.Identities.Select(identity => Identity(identity, now))];
        status.Roots = [.. report.Roots.Select(root => Root(root, now))];
        status.Errors = report.Errors;
    }

    private static IdentityStatus Identity(IdentityCertificate identity, DateTimeOffset now)
    {
        var status = new IdentityStatus
        {
            Service = identity.Service,
            State = CertificateTimes.WordOf(identity.State),
            ClientFile = identity.ClientFile,
            Trouble = identity.Trouble,
        };
        return identity is { NotBefore: { } begin, NotAfter: { } end }
            ? status with
            {
                Id = identity.Id,
                Serial = identity.Serial,
                Issuer = identity.Issuer,
                NotBefore = begin,
                NotAfter = end,
                SecondsLeft = SecondsLeft(end, now),
                DaysLeft = DaysLeft(end, now),
            }
            : status;
    }

    private static RootStatus Root(RootCertificate root, DateTimeOffset now) => new()
    {
        Subject = root.Subject,
        TrustDomain = root.TrustDomain,
        Fingerprint = root.Fingerprint,
        State = CertificateTimes.WordOf(root.State),
        NotBefore = root.NotBefore,
        NotAfter = root.NotAfter,
        SecondsLeft = SecondsLeft(root.NotAfter, now),
        DaysLeft = DaysLeft(root.NotAfter, now),
    };

    private static double SecondsLeft(DateTimeOffset end, DateTimeOffset now) => Math.Floor((end - now).TotalSeconds);

    private static double DaysLeft(DateTimeOffset end, DateTimeOffset now) => Math.Round((end - now).TotalDays, 1);
}
