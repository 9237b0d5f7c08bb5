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
        File.WriteAllText(Named("ca.pem"), authority.RootPem);
        return Listener(address, Tls(certificate) with
        {
            ClientCertificates = ClientCertificates.Required,
            ClientCa = new ClientAuthoritySpec(Named("ca.pem"), default, "clientCa"),
        });
    }

    /// <summary>Returns a listener that uses <paramref name="certificate"/>.</summary>
    public IngressSpec Showing(IPEndPoint address, X509Certificate2 certificate) => Listener(address, Tls(certificate));

    public void Dispose() => _folder.Delete(recursive: true);

    private static IngressSpec Listener(IPEndPoint address, IngressTlsSpec tls) =>
        new() { Listeners = [new IngressListenerSpec(address) { Tls = tls }] };

    private IngressTlsSpec Tls(X509Certificate2 certificate)
    {
        var (pem, key) = TestAuthority.Pem(certificate);
        File.WriteAllText(Named("shop.pem"), pem);
        File.WriteAllText(Named("shop.key"), key);
        return new IngressTlsSpec
        {
            Certificates = [
                new CertificateFileSpec(Named("shop.pem"), Named("shop.key"), SourceLocation.Option("test"), "certificates[0]")],
        };
    }

    private string Named(string name) => Path.Combine(_folder.FullName, name);
}
