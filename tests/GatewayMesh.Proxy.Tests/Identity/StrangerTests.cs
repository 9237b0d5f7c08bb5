using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Identity;

/// <summary>Clients with an insufficient certificate at an inbound listener: the handshake fails, and no application sees them.</summary>
public class StrangerTests
{
    private const string Get = "GET /x HTTP/1.1\r\nHost: payments\r\n\r\n";

    private CertifiedMesh _mesh = null!;
    private Backend _payments = null!;
    private Mesh _plane = null!;
    private IPEndPoint _inbound = null!;

    private static DateTimeOffset Now => DateTimeOffset.UtcNow;

    private TestAuthority Authority => _mesh.Authority;

    [SetUp]
    public async Task Make()
    {
        _mesh = new CertifiedMesh();
        _payments = Backend.Answering("paid");
        (_plane, _inbound) = await _mesh.Sidecar("payments", _payments);
    }

    [TearDown]
    public async Task End()
    {
        await _mesh.DisposeAsync();
        _payments.Dispose();
    }

    [Test]
    public async Task A_service_of_the_mesh_is_accepted()
    {
        using var web = await CertifiedMesh.As(Authority.Issue("web"), _inbound);
        Assert.That((await web.Ask(Get)).Body, Is.EqualTo("paid"));
        Assert.That(() => CertifiedMesh.CallersAt(_plane), Is.EqualTo(["web"]).After(5000, 5));
    }

    [Test]
    public Task A_peer_without_a_certificate_is_rejected() => Refused(null);

    [Test]
    public async Task Plaintext_is_rejected()
    {
        using var plain = await RawConnection.To(_inbound);
        var answer = await plain.Ask(Get);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(400));
            Assert.That(_payments.Executed, Is.Zero);
        }
    }

    [Test]
    public async Task A_certificate_of_another_authority_is_rejected()
    {
        using var other = new TestAuthority();
        await Refused(other.Issue("web"));
    }

    [Test]
    public Task A_certificate_of_another_trust_domain_is_rejected() =>
        Refused(Authority.Issue("web", uris: ["spiffe://other.mesh/ns/default/dc/dc1/svc/web"]));

    [Test]
    public Task An_expired_certificate_is_rejected() => Refused(Authority.Issue("web", Now.AddHours(-2), Now.AddMinutes(-1)));

    [Test]
    public Task A_certificate_that_is_not_yet_valid_is_rejected() => Refused(Authority.Issue("web", Now.AddMinutes(5), Now.AddHours(1)));

    [Test]
    public Task A_certificate_with_several_IDs_is_rejected() =>
        Refused(Authority.Issue("web", uris: [Authority.IdOf("web"), Authority.IdOf("admin")]));

    [Test]
    public Task A_certificate_that_may_sign_others_is_rejected() => Refused(Authority.Issue("web", authority: true));

    [Test]
    public Task A_trust_domain_in_upper_case_is_rejected() =>
        Refused(Authority.Issue("web", uris: ["spiffe://TEST.mesh/ns/default/dc/dc1/svc/web"]));

    [Test]
    public Task A_certificate_for_servers_only_is_rejected() => Refused(Authority.Issue("web", usages: [TestAuthority.Server]));

    [Test]
    public async Task Removing_a_root_rejects_its_peers_on_new_connections_and_on_the_next_request_of_open_ones()
    {
        using var next = new TestAuthority();
        var web = Authority.Issue("web");
        using var open = await CertifiedMesh.As(web, _inbound);
        Assert.That((await open.Ask(Get)).Body, Is.EqualTo("paid"));

        var certificates = _mesh.Certificates[_plane];
        certificates.PutTrust(next.RootPem);

        var answer = await open.Ask(Get);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(403));
            Assert.That(answer.Body, Does.Contain("caller_not_believed"));
            Assert.That(await open.IsEnded());
            Assert.That(_payments.Executed, Is.EqualTo(1));
        }

        await Refused(web, alreadyExecuted: 1);
    }

    [Test]
    public async Task While_two_roots_overlap_both_are_accepted_and_open_connections_survive()
    {
        using var next = new TestAuthority();
        using var open = await CertifiedMesh.As(Authority.Issue("web"), _inbound);
        await open.Ask(Get);

        _mesh.Certificates[_plane].PutTrust(next.RootPem + Authority.RootPem);

        using var fresh = await CertifiedMesh.As(next.Issue("web"), _inbound);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await open.Ask(Get)).Body, Is.EqualTo("paid"));
            Assert.That((await fresh.Ask(Get)).Body, Is.EqualTo("paid"));
        }
    }

    [Test]
    public async Task A_session_is_never_resumed_so_that_none_outlives_its_root()
    {
        using var next = new TestAuthority();
        var web = Authority.Issue("web");
        for (var i = 0; i < 2; i++)
        {
            using var client = await CertifiedMesh.As(web, _inbound);
            await client.Ask(Get);
        }

        // The platform's client keeps the sessions that a server offers and presents them for the same name again.
        _mesh.Certificates[_plane].PutTrust(next.RootPem);
        await Refused(web, alreadyExecuted: 2);
    }

    [Test]
    public async Task TLS_1_2_is_rejected()
    {
        var web = Authority.Issue("web");
        try
        {
            using var client = await RawConnection.ToTls(_inbound, with: options =>
            {
                options.EnabledSslProtocols = SslProtocols.Tls12;
                options.ClientCertificates = [System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(web, web)];
            });
            Assert.Fail("the handshake succeeded");
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            Assert.That(_payments.Executed, Is.Zero);
        }
    }

    [Test]
    public async Task A_client_that_offers_h2_and_speaks_HTTP_1_1_is_served()
    {
        using var web = await CertifiedMesh.As(Authority.Issue("web"), _inbound, SslApplicationProtocol.Http2);
        Assert.That((await web.Ask(Get)).Body, Is.EqualTo("paid"));
    }

    // With TLS 1.3 a client completes its handshake before the server checks its certificate: the client learns of the refusal when it
    // reads.
    private async Task Refused(string? pem, int alreadyExecuted = 0)
    {
        try
        {
            using var client = await CertifiedMesh.As(pem, _inbound);
            var answer = await client.Ask(Get);
            Assert.Fail($"answered with {answer.Status}");
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException or EndOfStreamException)
        {
            Assert.That(_payments.Executed, Is.EqualTo(alreadyExecuted));
        }
    }
}
