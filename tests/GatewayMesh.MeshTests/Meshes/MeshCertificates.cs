using System.Text.RegularExpressions;

namespace GatewayMesh.MeshTests.Meshes;

/// <summary>The authority of a mesh, and the folder with the certificates of all its services.</summary>
internal sealed partial class MeshCertificates : IDisposable
{
    private readonly TestAuthority _authority = new();
    private TestAuthority? _other;

    public MeshCertificates(string folder)
    {
        Folder = folder;
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "roots.pem"), _authority.RootPem);
        Issue("gatewaymesh-gateway");
        Issue("gatewaymesh-ingress");
    }

    public string Folder { get; }

    /// <summary>Creates a certificate for each service of a bootstrap that has none.</summary>
    public void IssueFor(string bootstrap)
    {
        foreach (
            var service in Name().Matches(bootstrap).Select(match => match.Groups[1].Value).Where(service => !File.Exists(PathOf(service))))
        {
            Issue(service);
        }
    }

    /// <summary>Creates a new certificate for a service.</summary>
    public void Issue(string service) => Write(PathOf(service), _authority.Issue(service));

    /// <summary>Makes a second authority trusted.</summary>
    public void TrustAnother()
    {
        _other = new TestAuthority();
        Write(Path.Combine(Folder, "roots.pem"), _authority.RootPem + _other.RootPem);
    }

    /// <summary>Creates a new certificate of the second authority for a service.</summary>
    public void IssueByTheOther(string service) => Write(PathOf(service), _other!.Issue(service));

    /// <summary>Makes the second authority the only trusted one.</summary>
    public void ForgetTheFirst() => Write(Path.Combine(Folder, "roots.pem"), _other!.RootPem);

    public void Dispose()
    {
        _authority.Dispose();
        _other?.Dispose();
    }

    private static void Write(string path, string content)
    {
        File.WriteAllText(path + ".new", content);
        File.Move(path + ".new", path, overwrite: true);
    }

    private string PathOf(string service) => Path.Combine(Folder, service + ".pem");

    [GeneratedRegex(@"- name: ([A-Za-z0-9-]+)")]
    private static partial Regex Name();
}
