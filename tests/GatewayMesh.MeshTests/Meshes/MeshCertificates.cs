using System.Text.RegularExpressions;

namespace GatewayMesh.MeshTests.Meshes;

/// <summary>The authority of one mesh, and the folder with the certificates of all its services.</summary>
internal sealed partial class MeshCertificates : IDisposable
{
    private readonly TestAuthority _authority = new();

    public MeshCertificates(string folder)
    {
        Folder = folder;
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "roots.pem"), _authority.RootPem);
        Issue("gatewaymesh-gateway");
        Issue("gatewaymesh-ingress");
    }

    public string Folder { get; }

    /// <summary>Makes a certificate for each service that a bootstrap names and that has none.</summary>
    public void IssueFor(string bootstrap)
    {
        foreach (var service in Name().Matches(bootstrap).Select(match => match.Groups[1].Value).Where(service => !File.Exists(PathOf(service))))
        {
            Issue(service);
        }
    }

    /// <summary>Makes a new certificate for a service, by rename.</summary>
    public void Issue(string service)
    {
        File.WriteAllText(PathOf(service) + ".new", _authority.Issue(service));
        File.Move(PathOf(service) + ".new", PathOf(service), overwrite: true);
    }

    public void Dispose() => _authority.Dispose();

    private string PathOf(string service) => Path.Combine(Folder, service + ".pem");

    [GeneratedRegex(@"- name: ([A-Za-z0-9-]+)")]
    private static partial Regex Name();
}
