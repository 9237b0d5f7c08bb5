using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Linux;

namespace GatewayMesh.Certificates.Authority;

/// <summary>The files of an authority: <c>ca.pem</c> with the root that signs and its key, <c>roots.pem</c> with all that are trusted.</summary>
internal static class AuthorityFolder
{
    private const UnixFileMode Secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Shown = Secret | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>The file with the key.</summary>
    public static string AuthorityFile(string folder) => Path.Combine(folder, "ca.pem");

    /// <summary>The file with what is trusted.</summary>
    public static string RootsFile(string folder) => Path.Combine(folder, "roots.pem");

    private const int Longest = 1024 * 1024;

    /// <summary>See <see cref="MeshAuthority.Load"/>.</summary>
    public static MeshAuthority Load(string folder)
    {
        var file = AuthorityFile(folder);
        if (!File.Exists(file))
        {
            throw new CertificateException($"{folder} holds no certificate authority: {file} is not there", "make one with `gatewaymesh ca init --dir DIR`, or name its folder with --dir");
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

            return new MeshAuthority(root, trustDomain, [.. trusted.Where(other => !other.RawDataMemory.Span.SequenceEqual(root.RawDataMemory.Span))]);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException($"{file}: {failure.Message}", "run this as the user who made the authority");
        }
        catch (CryptographicException)
        {
            // Its text may quote the file, which holds a key.
            throw new CertificateException($"{file} or {RootsFile(folder)} is not what `gatewaymesh ca init` writes: a root in PEM and the key that belongs to it", "take the files from a copy; without the key make a new authority in another folder");
        }
    }

    /// <summary>See <see cref="MeshAuthority.Save"/>.</summary>
    public static void Save(MeshAuthority authority, string folder)
    {
        try
        {
            PrivateFolder.Create(folder);
            AtomicFile.Write(RootsFile(folder), Encoding.ASCII.GetBytes(RootsPem(authority)), Shown);
            using var key = authority.Root.GetECDsaPrivateKey()!;
            AtomicFile.Write(AuthorityFile(folder), Encoding.ASCII.GetBytes($"{authority.Root.ExportCertificatePem()}\n{key.ExportECPrivateKeyPem()}\n"), Secret);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException($"{folder}: {failure.Message}", "name a folder that can be written to with --dir");
        }
    }

    /// <summary>See <see cref="MeshAuthority.RootsPem"/>. A line above each says what it is: readers of PEM pass over it (RFC 7468 §2).</summary>
    public static string RootsPem(MeshAuthority authority)
    {
        var text = new StringBuilder();
        Append(text, authority.Root, "signs");
        foreach (var root in authority.Retired)
        {
            Append(text, root, "signed before; take this block out when no certificate of it is in use any more");
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, X509Certificate2 root, string what) =>
        text.Append(CultureInfo.InvariantCulture, $"# {root.GetNameInfo(X509NameType.SimpleName, forIssuer: false)}, until {root.NotAfter.ToUniversalTime():yyyy-MM-dd}: {what}\n{root.ExportCertificatePem()}\n");
}
