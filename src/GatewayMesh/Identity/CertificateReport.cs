using System.Collections.Immutable;
using System.Security.Cryptography;
using GatewayMesh.Certificates.Folder;
using GatewayMesh.Registry;

namespace GatewayMesh.Identity;

/// <summary>The certificates of this node at one moment: what <c>/certs</c>, <c>/status</c>, metrics and log tell. Never a key.</summary>
/// <param name="Directory">Where they stand.</param>
/// <param name="Identities">One for each identity of the node, there or not.</param>
/// <param name="Roots">Whom it believes, the active one first.</param>
/// <param name="Errors">What is wrong with the files, and with getting roots.</param>
internal sealed record CertificateReport(string Directory, ImmutableArray<IdentityCertificate> Identities, ImmutableArray<RootCertificate> Roots, ImmutableArray<string> Errors)
{
    /// <summary>
    /// Why the node cannot serve at all: it can speak for none of its identities, or believes nobody. Null: it can. Where one of several identities
    /// lacks its certificate the others serve on.
    /// </summary>
    public string? Unfit
    {
        get
        {
            if (Roots.IsEmpty)
            {
                return $"no roots: {System.IO.Path.Combine(Directory, "roots.pem")} has not come yet, so nobody is believed";
            }

            return Identities.Any(identity => identity.State is CertificateState.Valid or CertificateState.Ending) || Identities.IsEmpty
                ? null
                : "no valid certificate: " + string.Join(", ", Identities.Select(identity => $"{identity.Service} {CertificateTimes.WordOf(identity.State)}"))
                    + (Identities.Any(identity => identity.State == CertificateState.NotYetValid) ? "; the clock of this host is behind" : "");
        }
    }

    /// <summary>The report of a folder.</summary>
    /// <param name="folder">The node's certificates.</param>
    /// <param name="identities">The services that it speaks for.</param>
    /// <param name="troubles">What keeps them from being renewed, by service; empty where nobody knows.</param>
    /// <param name="now">The time.</param>
    /// <param name="clientFile">Where a service's certificate and key also stand for its applications; null for nowhere. Default: nowhere.</param>
    public static CertificateReport Of(
        CertificateFolder folder, IEnumerable<string> identities, ImmutableSortedDictionary<string, string> troubles, DateTimeOffset now, Func<string, string?>? clientFile = null)
    {
        var trust = folder.Trust;
        return new CertificateReport(
            folder.Directory,
            [.. identities.Select(service => Identity(folder, service, now) with { Trouble = troubles.GetValueOrDefault(service), ClientFile = clientFile?.Invoke(service) })],
            [
                .. (trust?.Roots ?? []).Select(root => (Root: root, Begin: new DateTimeOffset(root.NotBefore.ToUniversalTime()), End: new DateTimeOffset(root.NotAfter.ToUniversalTime())))
                    .Select(root => new RootCertificate(root.Root.Subject, trust!.DomainOf(root.Root), root.Root.GetCertHashString(HashAlgorithmName.SHA256), root.Begin, root.End, CertificateTimes.StateOf(root.Begin, root.End, now))),
            ],
            [.. folder.Errors.Values, .. troubles.TryGetValue(CertificateTroubles.Roots, out var trouble) ? [$"roots: {trouble}"] : Array.Empty<string>()]);
    }

    private static IdentityCertificate Identity(CertificateFolder folder, string service, DateTimeOffset now) =>
        folder.Newest(service) is { } leaf
            ? new IdentityCertificate(service, CertificateTimes.StateOf(leaf.NotBefore, leaf.NotAfter, now))
            {
                Id = leaf.Id.ToString(),
                Serial = leaf.Certificate.SerialNumber,
                Issuer = leaf.Certificate.Issuer,
                NotBefore = leaf.NotBefore,
                NotAfter = leaf.NotAfter,
            }
            : new IdentityCertificate(service, CertificateState.Missing);
}
