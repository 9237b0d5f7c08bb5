using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Authority;
using GatewayMesh.Certificates.Folder;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Commands;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Commands.Ca;

/// <summary><c>gatewaymesh ca issue</c>: certificates with new keys, written where nodes read them.</summary>
internal static class CaIssue
{
    /// <summary>Issues a certificate for each service and returns the exit code. All are created before the first is written.</summary>
    /// <exception cref="CommandFailure">There is no authority, a name is not valid in an id, or the folder is not writable.</exception>
    public static int Run(
        IReadOnlyCollection<string> services,
        string authorityFolder,
        string folder,
        TimeSpan lifetime,
        string datacenter,
        bool json,
        TextWriter output,
        TimeProvider time)
    {
        folder = Path.GetFullPath(folder);
        try
        {
            using var authority = MeshAuthority.Load(Path.GetFullPath(authorityFolder));
            var issued = services.Distinct(StringComparer.Ordinal)
                .Select(service => (Service: service, Pem: authority.Issue(service, datacenter, lifetime, time.GetUtcNow())))
                .ToList();
            using var target = new CertificateFolder(folder, time);

            // Roots first: a node must not present a certificate that it would not trust itself.
            target.PutTrust(authority.RootsPem);
            var leafs = new List<LeafCertificate>();
            foreach (var (service, pem) in issued)
            {
                target.Put(service, pem);
                leafs.Add(target.Newest(service)!);
            }

            if (!target.Errors.IsEmpty)
            {
                throw new CommandFailure(ExitCode.Usage, $"{string.Join("; ", target.Errors.Values)}; use a writable folder with --out");
            }

            output.WriteLine(
                json
                    ? JsonText.Of(writer => Write(writer, folder, leafs))
                    : string.Join(
                        '\n', leafs.Select(leaf => $"{leaf.Id} valid until {leaf.NotAfter:u}: {Path.Combine(folder, leaf.Service)}.pem")));
            return ExitCode.Well;
        }
        catch (CertificateException failure)
        {
            throw new CommandFailure(ExitCode.Usage, $"{failure.Message}; {failure.Fix}");
        }
    }

    private static void Write(System.Text.Json.Utf8JsonWriter json, string folder, List<LeafCertificate> leafs)
    {
        json.WriteStartObject();
        json.WriteString("directory", folder);
        json.WriteString("roots", Path.Combine(folder, "roots.pem"));
        json.WriteStartArray("issued");
        foreach (var leaf in leafs)
        {
            json.WriteStartObject();
            json.WriteString("service", leaf.Service);
            json.WriteString("id", leaf.Id.ToString());
            json.WriteString("serial", leaf.Certificate.SerialNumber);
            json.WriteString("notBefore", leaf.NotBefore);
            json.WriteString("notAfter", leaf.NotAfter);
            json.WriteString("file", Path.Combine(folder, leaf.Service + ".pem"));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
