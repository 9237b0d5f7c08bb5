using System.Net;
using System.Net.Sockets;
using GatewayMesh.Certificates;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Streams;

namespace GatewayMesh.Proxy.Tests.Streams;

/// <summary>Peers of another authority.</summary>
public sealed class StrangerTests
{
    [TestCase(true)]
    [TestCase(false)]
    public async Task No_URL_in_the_certificate_of_a_stranger_is_fetched_by_a_loop(bool calls)
    {
        await using var rig = new TlsRig();
        using var other = new TestAuthority();
        using var named = new TcpListener(IPAddress.Loopback, 0);
        named.Start();
        var name = calls ? "web" : "payments";
        var stranger = LeafCertificate.FromPem(name, other.Issue(name, issuerAt: $"http://{named.LocalEndpoint}/issuer.cer"));
        var (server, client) = calls ? (rig.Server(), rig.Client(stranger)) : (rig.Server(stranger), rig.Client());

        Assert.That(() => rig.Pair(server, client), Throws.InstanceOf<TlsException>());

        Assert.That(named.Pending(), Is.False, "a request went to the address that the certificate names");
    }
}
