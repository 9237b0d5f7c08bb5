using System.Net;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Proxy.Tests.Rig;

/// <summary>A folder with the certificate of a public listener and the authority of its clients.</summary>
internal sealed class EdgeFiles : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("edge");

    /// <summary>Returns a listener that uses <paramref name="certificate"/> and accepts clients of <paramref name="authority"/>.</summary>
    public IngressSpec Asking(IPEndPoint address, TestAuthority authority, X509Certificate2 certificate)
    {
        var (pem, key) = TestAuthority.Pem(certificate);
        File.WriteAllText(Named("shop.pem"), pem);
        File.WriteAllText(Named("shop.key"), key);
        File.WriteAllText(Named("ca.pem"), authority.RootPem);
        var tls = new IngressTlsSpec
        {
            Certificates = [
                new CertificateFileSpec(Named("shop.pem"), Named("shop.key"), SourceLocation.Option("test"), "certificates[0]")],
            ClientCertificates = ClientCertificates.Required,
            ClientCa = new ClientAuthoritySpec(Named("ca.pem"), default, "clientCa"),
        };
        return new IngressSpec { Listeners = [new IngressListenerSpec(address) { Tls = tls }] };
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Named(string name) => Path.Combine(_folder.FullName, name);
}
