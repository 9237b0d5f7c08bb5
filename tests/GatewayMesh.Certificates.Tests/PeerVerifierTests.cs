using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Certificates.Tests;

/// <summary>Accepted peers, and the fault of each refused one.</summary>
public sealed class PeerVerifierTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private readonly TestAuthority _authority = new();

    private TrustBundle Trust => TrustBundle.FromPem(_authority.RootPem);

    [OneTimeTearDown]
    public void End() => _authority.Dispose();

    [Test]
    public void A_certificate_of_the_mesh_is_accepted()
    {
        var verdict = Verify(_authority.Issue("web"));
        Assert.That(verdict, Is.EqualTo(new PeerVerdict(new SpiffeId("test.mesh", "dc1", "web"), PeerFault.None)));
    }

    [Test]
    public void A_missing_certificate_is_refused() =>
        Assert.That(PeerVerifier.Verify(null, [], Trust, PeerUsage.Client, Now).Fault, Is.EqualTo(PeerFault.NoCertificate));

    [Test]
    public void Without_roots_every_peer_is_refused()
    {
        using var web = Certificate(_authority.Issue("web"));
        Assert.That(PeerVerifier.Verify(web, [], null, PeerUsage.Client, Now).Fault, Is.EqualTo(PeerFault.NoTrust));
    }

    [Test]
    public void A_certificate_of_another_authority_is_refused_even_with_our_trust_domain()
    {
        using var other = new TestAuthority("test.mesh");
        Assert.That(Verify(other.Issue("web")).Fault, Is.EqualTo(PeerFault.UnknownAuthority));
    }

    [Test]
    public void An_ID_of_another_trust_domain_is_refused_even_if_our_authority_signed_it() =>
        Assert.That(
            Verify(_authority.Issue("web", uris: ["spiffe://other.mesh/ns/default/dc/dc1/svc/web"])).Fault,
            Is.EqualTo(PeerFault.ForeignTrustDomain));

    [Test]
    public void While_two_trust_domains_are_trusted_each_root_vouches_only_for_its_own()
    {
        using var other = new TestAuthority("other.mesh");
        var both = TrustBundle.FromPem(_authority.RootPem + other.RootPem);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Verify(_authority.Issue("web"), both).Fault, Is.EqualTo(PeerFault.None));
            Assert.That(Verify(other.Issue("web"), both).Fault, Is.EqualTo(PeerFault.None));
            Assert.That(Verify(other.Issue("web", uris: [_authority.IdOf("web")]), both).Fault, Is.EqualTo(PeerFault.ForeignTrustDomain));
        }
    }

    [Test]
    public void An_expired_certificate_is_refused() =>
        Assert.That(Verify(_authority.Issue("web", Now.AddHours(-2), Now.AddSeconds(-1))).Fault, Is.EqualTo(PeerFault.Expired));

    [Test]
    public void A_certificate_that_is_not_yet_valid_is_refused() =>
        Assert.That(Verify(_authority.Issue("web", Now.AddMinutes(1), Now.AddHours(1))).Fault, Is.EqualTo(PeerFault.NotYetValid));

    [Test]
    public void A_certificate_with_two_IDs_has_no_ID() =>
        Assert.That(
            Verify(_authority.Issue("web", uris: [_authority.IdOf("web"), _authority.IdOf("payments")])).Fault,
            Is.EqualTo(PeerFault.SeveralIdentities));

    [TestCase("https://web.example")]
    [TestCase("spiffe://test.mesh")]
    [TestCase("spiffe://test.mesh/ns/other/dc/dc1/svc/web")]
    [TestCase("spiffe://test.mesh/ns/default/dc/dc1/svc/")]
    [TestCase("spiffe://test.mesh/ns/default/dc/dc1/svc/web/more")]
    [TestCase("spiffe://test.mesh/ns/default/dc/dc1/svc/a%2fb")]
    [TestCase("spiffe://user@test.mesh/ns/default/dc/dc1/svc/web")]
    public void A_name_that_is_not_a_service_ID_is_refused(string uri) =>
        Assert.That(Verify(_authority.Issue("web", uris: [uri])).Fault, Is.EqualTo(PeerFault.NoIdentity));

    [TestCase("spiffe://TEST.mesh/ns/default/dc/dc1/svc/web")]
    [TestCase("SPIFFE://test.mesh/ns/default/dc/dc1/svc/web")]
    public void A_trust_domain_with_upper_case_letters_is_malformed_and_never_folded(string uri) =>
        Assert.That(Verify(_authority.Issue("web", uris: [uri])).Fault, Is.EqualTo(PeerFault.NoIdentity));

    [Test]
    public void A_name_is_used_exactly_as_in_the_certificate() =>
        Assert.That(
            Verify(_authority.Issue("Web", uris: [_authority.IdOf("Web", "DC1")])).Id, Is.EqualTo(new SpiffeId("test.mesh", "DC1", "Web")));

    [TestCase(true, null)]
    [TestCase(false, X509KeyUsageFlags.KeyCertSign)]
    [TestCase(false, X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature)]
    public void A_certificate_that_may_sign_others_identifies_no_service(bool authority, X509KeyUsageFlags? usage)
    {
        var pem = _authority.Issue("web", authority: authority, keyUsage: usage);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Verify(pem, usage: PeerUsage.Client), Is.EqualTo(new PeerVerdict(null, PeerFault.Authority)));
            Assert.That(Verify(pem, usage: PeerUsage.Server), Is.EqualTo(new PeerVerdict(null, PeerFault.Authority)));
            Assert.That(
                () => LeafCertificate.FromPem("web", pem), Throws.InstanceOf<CertificateException>().With.Message.Contains("authority"));
        }
    }

    [Test]
    public void A_service_certificate_vouches_for_no_other()
    {
        var pem = _authority.Issue("web");
        using var signer = X509Certificate2.CreateFromPem(pem, pem);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=payments", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(signer.Extensions["2.5.29.17"]!);
        using var issued = request.Create(
            signer.SubjectName,
            X509SignatureGenerator.CreateForECDsa(signer.GetECDsaPrivateKey()!),
            Now.AddMinutes(-1),
            Now.AddHours(1),
            [1, 2, 3]);

        Assert.That(PeerVerifier.Verify(issued, [signer], Trust, PeerUsage.Client, Now).Fault, Is.EqualTo(PeerFault.UnknownAuthority));
    }

    [Test]
    public void A_certificate_whose_service_differs_in_case_belongs_to_another_service() =>
        Assert.That(
            () => LeafCertificate.FromPem("web", _authority.Issue("Web")),
            Throws.InstanceOf<CertificateException>().With.Message.Contains("for the service Web"));

    [Test]
    public void A_client_certificate_is_not_accepted_from_a_server()
    {
        var client = _authority.Issue("web", usages: [TestAuthority.Client]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Verify(client, usage: PeerUsage.Client).Fault, Is.EqualTo(PeerFault.None));
            Assert.That(Verify(client, usage: PeerUsage.Server).Fault, Is.EqualTo(PeerFault.WrongUsage));
        }
    }

    [Test]
    public void A_certificate_whose_root_was_removed_is_refused()
    {
        using var next = new TestAuthority();
        var web = _authority.Issue("web");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Verify(web, TrustBundle.FromPem(next.RootPem + _authority.RootPem)).Fault, Is.EqualTo(PeerFault.None));
            Assert.That(Verify(web, TrustBundle.FromPem(next.RootPem)).Fault, Is.EqualTo(PeerFault.UnknownAuthority));
        }
    }

    private PeerVerdict Verify(string pem, TrustBundle? trust = null, PeerUsage usage = PeerUsage.Client)
    {
        using var certificate = Certificate(pem);
        return PeerVerifier.Verify(certificate, [], trust ?? Trust, usage, Now);
    }

    private static X509Certificate2 Certificate(string pem) => X509Certificate2.CreateFromPem(pem);
}
