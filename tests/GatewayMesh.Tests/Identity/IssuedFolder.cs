using GatewayMesh.Certificates.Authority;
using GatewayMesh.Certificates.Folder;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Tests.Identity;

/// <summary>A node's certificate folder, an authority for it, and a clock.</summary>
internal sealed class IssuedFolder : IDisposable
{
    private readonly MeshAuthority _authority;

    public IssuedFolder()
    {
        Path = Directory.CreateTempSubdirectory("gatewaymesh-certificates-").FullName;
        _authority = MeshAuthority.Create("mesh.example", TimeSpan.FromDays(3650), Time.GetUtcNow());
        Certificates = new CertificateFolder(System.IO.Path.Combine(Path, "certificates"), Time);
    }

    public string Path { get; }

    public ShiftedTime Time { get; } = new();

    public CertificateFolder Certificates { get; }

    /// <summary>Roots, and a leaf of 72 h for each.</summary>
    public IssuedFolder With(params string[] services)
    {
        Certificates.PutTrust(_authority.RootsPem);
        foreach (var service in services)
        {
            Certificates.Put(service, _authority.Issue(service, "dc1", TimeSpan.FromHours(72), Time.GetUtcNow()));
        }

        return this;
    }

    public void Dispose()
    {
        Certificates.Dispose();
        _authority.Dispose();
        Directory.Delete(Path, recursive: true);
    }
}
