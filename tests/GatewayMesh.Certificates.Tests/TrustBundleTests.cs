using GatewayMesh.Certificates.Trust;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Certificates.Tests;

/// <summary>Trusted roots of a node.</summary>
public sealed class TrustBundleTests
{
    [Test]
    public void A_root_names_its_trust_domain()
    {
        using var authority = new TestAuthority("11111111-2222.consul");
        Assert.That(TrustBundle.FromPem(authority.RootPem).TrustDomain, Is.EqualTo("11111111-2222.consul"));
    }

    [Test]
    public void A_line_names_the_trust_domain_of_an_external_authority()
    {
        using var authority = new TestAuthority(named: false);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                Assert.Throws<CertificateException>(() => TrustBundle.FromPem(authority.RootPem))?.Fix, Does.Contain("TrustDomain: NAME"));
            Assert.That(TrustBundle.FromPem("TrustDomain: Test.Mesh\n" + authority.RootPem).TrustDomain, Is.EqualTo("test.mesh"));
        }
    }

    [Test]
    public void The_order_of_roots_does_not_matter()
    {
        using var one = new TestAuthority();
        using var other = new TestAuthority();
        Assert.That(
            TrustBundle.FromPem(one.RootPem + other.RootPem).Fingerprint,
            Is.EqualTo(TrustBundle.FromPem(other.RootPem + one.RootPem).Fingerprint));
    }

    [Test]
    public void Leaves_alone_are_not_roots()
    {
        using var authority = new TestAuthority();
        Assert.Throws<CertificateException>(() => TrustBundle.FromPem(authority.Issue("web")));
    }
}
