using System.Collections.Immutable;
using System.Security.Cryptography;
using GatewayMesh.Certificates.Folder;
using GatewayMesh.Registry;

namespace GatewayMesh.Identity;

/// <summary>
/// The certificates of this node at one moment, for <c>/certs</c>, <c>/status</c>, metrics and log. Never includes a key.
/// </summary>
/// <param name="Directory">Folder of the certificates.</param>
/// <param name="Identities">All identities of the node, with or without a certificate.</param>
/// <param name="Roots">Trusted roots, the active root first.</param>
/// <param name="Errors">Errors of the files and of root retrieval.</param>
internal sealed record CertificateReport(
    string Directory, ImmutableArray<IdentityCertificate> Identities, ImmutableArray<RootCertificate> Roots, ImmutableArray<string> Errors)
{
    /// <summary>
    /// Reason why the node cannot serve at all: no identity has a valid certificate, or there are no roots. Null when it can. If only some
    /// identities lack a certificate, the others keep serving.
    /// </summary>
    public string? Unfit
    {
        get
        {
            if (Roots.IsEmpty)
            {
                return $"no roots: {System.IO.Path.Combine(Directory, "roots.pem")} does not exist yet, so no peer is trusted";
            }

            return Identities.Any(identity => identity.State is CertificateState.Valid or CertificateState.Ending) || Identities.IsEmpty
                ? null
                : "no valid certificate: " + string.Join(
                    ", ", Identities.Select(identity => $"{identity.Service} {CertificateTimes.WordOf(identity.State)}"))
                    + (Identities.Any(identity => identity.State == CertificateState.NotYetValid) ? "; this host's clock is behind" : "");
        }
    }

    /// <summary>Creates the report of a folder.</summary>
    /// <param name="folder">The node's certificate folder.</param>
    /// <param name="identities">The node's services.</param>
    /// <param name="troubles">Renewal problems by service; empty when unknown.</param>
    /// <param name="now">The current time.</param>
    /// <param name="clientFile">Returns the copy of a service's certificate and key for applications, or null. Default: null.</param>
    public static CertificateReport Of(
        CertificateFolder folder,
        IEnumerable<string> identities,
        ImmutableSortedDictionary<string, string> troubles,
        DateTimeOffset now,
        Func<string, string?>? clientFile = null)
    {
        var trust = folder.Trust;
        return new CertificateReport(
            folder.Directory,
            [
                .. identities.Select(
                    service => Identity(folder, service, now) with
                    {
                        Trouble = troubles.GetValueOrDefault(service),
                        ClientFile = clientFile?.Invoke(service),
                    })],
            [
                .. (trust?.Roots ?? []).Select(
                    root => (
                        Root: root,
                        Begin: new DateTimeOffset(root.NotBefore.ToUniversalTime()),
                        End: new DateTimeOffset(root.NotAfter.ToUniversalTime())))
                    .Select(
                        root => new RootCertificate(
                            root.Root.Subject,
                            trust!.DomainOf(root.Root),
                            root.Root.GetCertHashString(HashAlgorithmName.SHA256),
                            root.Begin,
                            root.End,
                            CertificateTimes.StateOf(root.Begin, root.End, now))),
            ],
            [
                .. folder.Errors.Values,
                .. troubles.TryGetValue(CertificateTroubles.Roots, out var trouble) ? [$"roots: {trouble}"] : Array.Empty<string>()]);
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
