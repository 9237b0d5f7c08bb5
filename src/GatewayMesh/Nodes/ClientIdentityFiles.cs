using System.Text;
using GatewayMesh.Certificates.Folder;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Events;
using GatewayMesh.Linux;

namespace GatewayMesh.Nodes;

/// <summary>
/// Writes <c>RUNDIR/SERVICE/identity.pem</c> (certificate and key) and <c>roots.pem</c> for services with <c>clientIdentity</c>, readable
/// by their <c>clientGroup</c>, so that the client library can call gateways as the service. Removes the files where the option was
/// turned off.
/// </summary>
internal sealed class ClientIdentityFiles(EventLog events)
{
    private const UnixFileMode ForGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private readonly Dictionary<string, string> _written = [];

    /// <summary>Path of a service's identity file.</summary>
    internal static string FileOf(BootstrapSpec bootstrap, string service) => Path.Combine(bootstrap.RunDir, service, "identity.pem");

    internal void Write(BootstrapSpec bootstrap, CertificateFolder? certificates)
    {
        var services = bootstrap.Sidecar?.Services ?? [];
        foreach (
            var gone in _written.Keys.Where(
                path => !services.Any(
                    service => Path.GetDirectoryName(path) == Path.GetDirectoryName(FileOf(bootstrap, service.Name)))).ToList())
        {
            Remove(gone);
        }

        foreach (var service in services)
        {
            var identity = FileOf(bootstrap, service.Name);
            var roots = Path.Combine(Path.GetDirectoryName(identity)!, "roots.pem");
            try
            {
                if (!service.ClientIdentity || certificates is null)
                {
                    Remove(identity);
                    Remove(roots);
                    continue;
                }

                // Roots first, as everywhere: a certificate is never visible without its roots.
                Copy(Path.Combine(certificates.Directory, "roots.pem"), roots, service.ClientGroup);
                Copy(Path.Combine(certificates.Directory, service.Name + ".pem"), identity, service.ClientGroup);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or LinuxException)
            {
                events.Warning(
                    "client_identity_not_written",
                    $"{failure.Message}; applications of {service.Name} keep using the previous files",
                    ("service", service.Name));
            }
        }
    }

    private void Copy(string from, string to, string? group)
    {
        if (!File.Exists(from))
        {
            return;
        }

        var content = RegularFile.ReadAllText(from, 1024 * 1024);
        var mark = $"{group}\n{content}";
        if (_written.GetValueOrDefault(to) == mark && File.Exists(to))
        {
            return;
        }

        _ = Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        AtomicFile.Write(to, Encoding.UTF8.GetBytes(content), ForGroup, group is null ? null : GroupNames.IdOf(group));
        _written[to] = mark;
    }

    private void Remove(string path)
    {
        _ = _written.Remove(path);
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }
}
