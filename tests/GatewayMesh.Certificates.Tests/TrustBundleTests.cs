using GatewayMesh.Certificates.Trust;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Certificates.Tests;

/// <summary>Whom a node believes.</summary>
public sealed class TrustBundleTests
{
    [Test]
    public void A_root_says_for_whom_it_speaks()
    {
        using var authority = new TestAuthority("11111111-2222.consul");
        Assert.That(TrustBundle.FromPem(authority.RootPem).TrustDomain, Is.EqualTo("11111111-2222.consul"));
    }

    [Test]
    public void For_an_external_authority_a_line_says_it()
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
    public void The_order_of_roots_makes_no_difference()
    {
        using var one = new TestAuthority();
        using var other = new TestAuthority();
        Assert.That(
            TrustBundle.FromPem(one.RootPem + other.RootPem).Fingerprint,
            Is.EqualTo(TrustBundle.FromPem(other.RootPem + one.RootPem).Fingerprint));
    }

    [Test]
    public void Leafs_alone_are_no_roots()
    {
        using var authority = new TestAuthority();
        Assert.Throws<CertificateException>(() => TrustBundle.FromPem(authority.Issue("web")));
    }
}
