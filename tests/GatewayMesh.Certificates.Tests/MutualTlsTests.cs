using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using GatewayMesh.Certificates.Folder;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Certificates.Tests;

/// <summary>Handshakes between parts of the mesh, over real sockets.</summary>
public sealed class MutualTlsTests
{
    private static readonly CancellationTokenSource Patience = new(TimeSpan.FromSeconds(30));
    private readonly TestAuthority _authority = new();
    private readonly List<IDisposable> _own = [];

    [OneTimeTearDown]
    public void End()
    {
        _own.ForEach(each => each.Dispose());
        _authority.Dispose();
    }

    [Test]
    public async Task Both_sides_know_the_identity_of_their_peer()
    {
        var (client, peer) = await Shake(_authority.Issue("web"), _authority.Issue("payments"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(client, Is.Null, client?.ToString());
            Assert.That(peer?.Id, Is.EqualTo(new SpiffeId("test.mesh", "dc1", "web")));
        }
    }

    [Test]
    public async Task A_peer_that_answers_for_another_service_is_refused()
    {
        var (client, _) = await Shake(_authority.Issue("web"), _authority.Issue("orders"), server: "orders");
        Assert.That(client, Is.InstanceOf<HandshakeException>().With.Property("Fault").EqualTo(PeerFault.WrongService));
    }

    [TestCase("spiffe://test.mesh/ns/default/dc/dc1/svc/Payments")]
    [TestCase("spiffe://test.mesh/ns/default/dc/DC1/svc/payments")]
    public async Task A_peer_whose_name_differs_in_case_is_refused(string id)
    {
        var server = id[(id.LastIndexOf('/') + 1)..];
        var (client, _) = await Shake(_authority.Issue("web"), _authority.Issue(server, uris: [id]), server);
        Assert.That(client, Is.InstanceOf<HandshakeException>().With.Property("Fault").EqualTo(PeerFault.WrongService));
    }

    [Test]
    public async Task Without_its_own_certificate_a_client_starts_no_handshake()
    {
        var (client, peer) = await Shake(null, _authority.Issue("payments"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(client, Is.InstanceOf<HandshakeException>().With.Property("LacksOwn").True);
            Assert.That(peer, Is.Null);
        }
    }

    [Test]
    public async Task A_client_of_another_authority_is_refused()
    {
        using var other = new TestAuthority();
        var (_, peer) = await Shake(other.Issue("web"), _authority.Issue("payments"));
        Assert.That(peer, Is.Null);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task No_URL_in_an_untrusted_certificate_is_fetched(bool calls)
    {
        using var other = new TestAuthority();
        using var named = new TcpListener(IPAddress.Loopback, 0);
        named.Start();
        var place = $"http://{named.LocalEndpoint}/issuer.cer";
        var (web, payments) = calls
            ? (other.Issue("web", issuerAt: place), _authority.Issue("payments"))
            : (_authority.Issue("web"), other.Issue("payments", issuerAt: place));

        var (client, peer) = await Shake(web, payments);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(calls ? peer is null : client is HandshakeException);
            Assert.That(named.Pending(), Is.False, "a request went to the address that the certificate names");
        }
    }

    private async Task<(Exception? Client, PeerIdentity? Peer)> Shake(string? web, string payments, string server = "payments")
    {
        var (mine, theirs) = (Folder(), Folder());
        if (web is not null)
        {
            mine.Put("web", web);
        }

        theirs.Put(server, payments);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var accepted = Task.Run(async () =>
        {
            PeerIdentity? who = null;
            using var socket = await listener.AcceptTcpClientAsync(Patience.Token);
            using var tls = new SslStream(socket.GetStream());
            try
            {
                await tls.AuthenticateAsServerAsync(
                    VerifyingServer.Options(theirs, server, peer => who = peer), Patience.Token);
            }
            catch (Exception refused) when (refused is IOException or System.Security.Authentication.AuthenticationException)
            {
                return null;
            }

            return who;
        });
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Patience.Token);
        Exception? failure = null;
        try
        {
            await using var stream = await MutualTls.ConnectAsync(
                client.GetStream(), mine, "web", "payments", ProtocolNames.Http1, TimeProvider.System, Patience.Token);
        }
        catch (HandshakeException refused)
        {
            failure = refused;
        }

        return (failure, await accepted);
    }

    private CertificateFolder Folder()
    {
        var folder = new CertificateFolder(
            Path.Combine(TestContext.CurrentContext.WorkDirectory, "handshakes", Guid.NewGuid().ToString("N")), TimeProvider.System);
        folder.PutTrust(_authority.RootPem);
        _own.Add(folder);
        return folder;
    }
}
