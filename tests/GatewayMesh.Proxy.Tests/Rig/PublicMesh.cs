using System.Net;
using System.Text;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Proxy.Tests.Rig;

/// <summary>A data plane with one public listener that leads all hosts to one application, and a folder for its files.</summary>
internal sealed class PublicMesh : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edge");
    private readonly Backend _application;
    private IngressSpec _spec = new();

    private PublicMesh(Mesh mesh, Backend application)
    {
        _application = application;
        Mesh = mesh;
        Address = mesh.Open(ListenerKind.Ingress, "ingress/public");
        mesh.Ingress(Address.Port, ("*", "payments"));
    }

    public Mesh Mesh { get; }

    public IPEndPoint Address { get; }

    /// <summary>Last message that arrived at the application.</summary>
    public RawMessage Last => _application.Last;

    public static async Task<PublicMesh> Start(Backend application, LimitsSpec? limits = null)
    {
        var mesh = await Mesh.Start(options => options with { RoleName = "ingress", Limits = limits ?? options.Limits });
        mesh.BareService("payments", application.HostPort);
        return new PublicMesh(mesh, application);
    }

    /// <summary>Applies other settings to the listener.</summary>
    public PublicMesh With(Func<IngressListenerSpec, IngressListenerSpec> listener, params string[] trusted)
    {
        _spec = _spec with
        {
            Listeners = [listener(new IngressListenerSpec(Address))],
            TrustedProxies = [.. trusted.Select(text => IPNetwork.Parse(text))],
        };
        Mesh.Plane.Reconfigure(_spec);
        return this;
    }

    public string FileNamed(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Writes <c>NAME.pem</c> and <c>NAME.key</c>.</summary>
    public CertificateFileSpec Write(string name, System.Security.Cryptography.X509Certificates.X509Certificate2 certificate)
    {
        var (pem, key) = TestAuthority.Pem(certificate);
        File.WriteAllText(FileNamed(name + ".key"), key);
        File.WriteAllText(FileNamed(name + ".pem"), pem);
        return new CertificateFileSpec(
            FileNamed(name + ".pem"), FileNamed(name + ".key"), SourceLocation.Option("test"), $"certificates[{name}]");
    }

    public string Metrics() => Mesh.Metrics();

    public async ValueTask DisposeAsync()
    {
        await Mesh.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
