using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Linux;

namespace GatewayMesh.Certificates.Authority;

/// <summary>Files of an authority: <c>ca.pem</c> with the signing root and its key, <c>roots.pem</c> with all trusted roots.</summary>
internal static class AuthorityFolder
{
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Shown = Secret | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>File with the signing root and its key.</summary>
    public static string AuthorityFile(string folder) => Path.Combine(folder, "ca.pem");

    /// <summary>File with the trusted roots.</summary>
    public static string RootsFile(string folder) => Path.Combine(folder, "roots.pem");

    private const int Longest = 1024 * 1024;

    /// <summary>Loads the authority; see <see cref="MeshAuthority.Load"/>.</summary>
    public static MeshAuthority Load(string folder)
    {
        var file = AuthorityFile(folder);
        if (!File.Exists(file))
        {
            throw new CertificateException(
                $"{folder} contains no certificate authority: {file} is missing",
                "create one with `gatewaymesh ca init --dir DIR`, or name its folder with --dir");
        }

        try
        {
            var text = RegularFile.ReadAllText(file, Longest);
            var root = X509Certificate2.CreateFromPem(text, text);
            var trustDomain = TrustBundle.FromPem(root.ExportCertificatePem()).TrustDomain;
            var trusted = new X509Certificate2Collection();
            if (File.Exists(RootsFile(folder)))
            {
                trusted.ImportFromPem(RegularFile.ReadAllText(RootsFile(folder), Longest));
            }

            return new MeshAuthority(
                root, trustDomain, [.. trusted.Where(other => !other.RawDataMemory.Span.SequenceEqual(root.RawDataMemory.Span))]);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException($"{file}: {failure.Message}", "run the command as the user who created the authority");
        }
        catch (CryptographicException)
        {
            // The exception's text may quote the file, which contains a key.
            throw new CertificateException(
                $"{file} or {RootsFile(folder)} is damaged: expected a PEM root with its key, as written by `gatewaymesh ca init`",
                "restore the files from a backup; without the key create a new authority in another folder");
        }
    }

    /// <summary>Saves the authority; see <see cref="MeshAuthority.Save"/>.</summary>
    public static void Save(MeshAuthority authority, string folder)
    {
        try
        {
            PrivateFolder.Create(folder);
            AtomicFile.Write(RootsFile(folder), Encoding.ASCII.GetBytes(RootsPem(authority)), Shown);
            using var key = authority.Root.GetECDsaPrivateKey()!;
            AtomicFile.Write(
                AuthorityFile(folder),
                Encoding.ASCII.GetBytes($"{authority.Root.ExportCertificatePem()}\n{key.ExportECPrivateKeyPem()}\n"),
                Secret);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException($"{folder}: {failure.Message}", "name a writable folder with --dir");
        }
    }

    /// <summary>
    /// Returns the trusted roots; see <see cref="MeshAuthority.RootsPem"/>. A comment line precedes each root: PEM readers ignore it (RFC
    /// 7468 §2).
    /// </summary>
    public static string RootsPem(MeshAuthority authority)
    {
        var text = new StringBuilder();
        Append(text, authority.Root, "signs");
        foreach (var root in authority.Retired)
        {
            Append(text, root, "previous root; remove this block when none of its certificates is in use");
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, X509Certificate2 root, string what) =>
        text.Append(
            CultureInfo.InvariantCulture,
            $"# {root.GetNameInfo(X509NameType.SimpleName, forIssuer: false)}, until {root.NotAfter.ToUniversalTime():yyyy-MM-dd}: "
                + $"{what}\n{root.ExportCertificatePem()}\n");
}
