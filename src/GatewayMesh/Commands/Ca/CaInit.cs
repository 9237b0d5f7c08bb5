using System.Security.Cryptography;
using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Authority;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Commands;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Commands.Ca;

/// <summary><c>gatewaymesh ca init</c>: creates an authority or adds a new root to an existing one.</summary>
internal static class CaInit
{
    /// <summary>Runs the command and returns the exit code.</summary>
    /// <exception cref="CommandFailure">The authority exists already, there is no authority to rotate, or the folder is not
    /// writable.</exception>
    public static int Run(
        string folder, string? trustDomain, TimeSpan lifetime, bool rotate, bool json, TextWriter output, TimeProvider time)
    {
        folder = Path.GetFullPath(folder);
        try
        {
            using var authority = rotate ? Rotate(folder, trustDomain, lifetime, time) : Make(folder, trustDomain, lifetime, time);
            authority.Save(folder);
            output.WriteLine(json ? JsonText.Of(writer => Write(writer, folder, authority)) : Text(folder, authority, rotate));
            return ExitCode.Well;
        }
        catch (CertificateException failure)
        {
            throw new CommandFailure(ExitCode.Usage, $"{failure.Message}; {failure.Fix}");
        }
    }

    private static MeshAuthority Make(string folder, string? trustDomain, TimeSpan lifetime, TimeProvider time) =>
        MeshAuthority.IsIn(folder)
            ? throw new CommandFailure(
                ExitCode.Usage,
                $"{folder} already holds the roots of an authority; nothing was changed. Add a new root with `gatewaymesh ca init "
                    + $"--rotate --dir {folder}`, or use another folder with --dir")
            : MeshAuthority.Create(trustDomain ?? MeshAuthority.NewTrustDomain(), lifetime, time.GetUtcNow());

    private static MeshAuthority Rotate(string folder, string? trustDomain, TimeSpan lifetime, TimeProvider time)
    {
        using var before = MeshAuthority.Load(folder);
        return trustDomain is not null && trustDomain != before.TrustDomain
            ? throw new CommandFailure(
                ExitCode.Usage,
                $"the authority in {folder} has the trust domain {before.TrustDomain}, which cannot change; remove --trust-domain, or "
                    + $"create another authority in another folder")
            : before.Rotate(lifetime, time.GetUtcNow());
    }

    private static string Text(string folder, MeshAuthority authority, bool rotated) =>
        $"""
        {(rotated ? "added a new signing root for" : "created the certificate authority of")} {authority.TrustDomain}, valid until {authority.Root.NotAfter.ToUniversalTime():yyyy-MM-dd}
          {Path.Combine(folder, "ca.pem")}      root and private key: keep it secret, and a copy of it
          {Path.Combine(folder, "roots.pem")}   trusted by nodes{(authority.Retired.IsEmpty ? "" : $": this root and {authority.Retired.Length} older")}
        next: {(rotated ? $"copy {Path.Combine(folder, "roots.pem")} into the certificates folder of every node, then reissue the certificates" : $"gatewaymesh ca issue --dir {folder} --service NAME --out DATADIR/certificates")}
        """;

    private static void Write(System.Text.Json.Utf8JsonWriter json, string folder, MeshAuthority authority)
    {
        json.WriteStartObject();
        json.WriteString("directory", folder);
        json.WriteString("trustDomain", authority.TrustDomain);
        json.WriteString("subject", authority.Root.Subject);
        json.WriteString("fingerprint", authority.Root.GetCertHashString(HashAlgorithmName.SHA256));
        json.WriteString("notAfter", authority.Root.NotAfter.ToUniversalTime());
        json.WriteNumber("retired", authority.Retired.Length);
        json.WriteEndObject();
    }
}
