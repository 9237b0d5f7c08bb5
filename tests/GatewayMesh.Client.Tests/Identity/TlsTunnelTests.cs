using System.Globalization;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Client.Tests.Rig;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Client.Tests.Identity;

/// <summary>TLS to gateways, with the files that a sidecar writes and real handshakes. The sidecar is down in all tests.</summary>
public sealed class TlsTunnelTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly TestAuthority _authority = new();
    private DirectoryInfo _folder = null!;
    private ShiftedTime _time = null!;

    private string Web => Path.Combine(_folder.FullName, "web");

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("gatewaymesh-client-");
        _folder.CreateSubdirectory("web");
        _time = new ShiftedTime();
    }

    [TearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    [OneTimeTearDown]
    public void End() => _authority.Dispose();

    [Test]
    public async Task The_expected_gateway_carries_requests_of_the_service()
    {
        using var gateway = Gateway("gatewaymesh-gateway");
        var web = WriteIdentity();
        using var client = Client(gateway);

        Assert.That((await client.GetAsync(), await client.GetAsync()), Is.EqualTo(("by the gateway", "by the gateway")));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(gateway.Hellos.Single().Service, Is.EqualTo("web"));
            Assert.That(gateway.Callers, Is.All.EqualTo(web));
            Assert.That(gateway.Protocols, Is.All.EqualTo(SslProtocols.Tls13));
        }
    }

    [TestCase("wrong-service")]
    [TestCase("service-in-other-case")]
    [TestCase("datacenter-in-other-case")]
    [TestCase("trust-domain-in-upper-case")]
    [TestCase("authority")]
    [TestCase("signer")]
    [TestCase("other-authority")]
    [TestCase("other-datacenter")]
    [TestCase("other-trust-domain")]
    [TestCase("expired")]
    [TestCase("not-yet-valid")]
    [TestCase("two-names")]
    [TestCase("client-usage-only")]
    [TestCase("no-service")]
    public async Task A_gateway_with_a_wrong_certificate_gets_no_byte_of_a_request(string kind)
    {
        using var other = new TestAuthority("other.mesh");
        const string Name = "gatewaymesh-gateway";
        using var gateway = new TlsGateway(kind switch
        {
            "wrong-service" => _authority.Issue("payments"),
            "service-in-other-case" => _authority.Issue("GatewayMesh-gateway"),
            "datacenter-in-other-case" => _authority.Issue(Name, uris: [_authority.IdOf(Name, "DC1")]),
            "trust-domain-in-upper-case" => _authority.Issue(Name, uris: [$"spiffe://TEST.mesh/ns/default/dc/dc1/svc/{Name}"]),
            "authority" => _authority.Issue(Name, authority: true),
            "signer" => _authority.Issue(Name, keyUsage: X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature),
            "other-authority" => other.Issue(Name, uris: [_authority.IdOf(Name)]),
            "other-datacenter" => _authority.Issue(Name, uris: [_authority.IdOf(Name, "dc2")]),
            "other-trust-domain" => _authority.Issue(Name, uris: [other.IdOf(Name)]),
            "expired" => _authority.Issue(Name, Now.AddHours(-2), Now.AddHours(-1)),
            "not-yet-valid" => _authority.Issue(Name, Now.AddHours(1), Now.AddHours(2)),
            "two-names" => _authority.Issue(Name, uris: [_authority.IdOf(Name), _authority.IdOf("payments")]),
            "client-usage-only" => _authority.Issue(Name, usages: [TestAuthority.Client]),
            _ => _authority.Issue(Name, uris: ["https://gateway.example"]),
        });
        WriteIdentity();
        using var client = Client(gateway);

        var failure = await Assert.ThrowsAsync<GatewayMeshException>(() => client.GetAsync());
        using (Assert.EnterMultipleScope())
        {
            Assert.That((failure?.Reason, failure?.MayHaveRun), Is.EqualTo((FailoverReason.Untrusted, false)));
            Assert.That((gateway.Hellos.Count, gateway.Requests), Is.EqualTo((0, 0)));
        }
    }

    [Test]
    public async Task A_gateway_that_does_not_trust_the_client_gets_no_request()
    {
        using var gateway = new TlsGateway(_authority.Issue("gatewaymesh-gateway")) { Trusts = _ => false };
        WriteIdentity();
        using var client = Client(gateway);

        var failure = await Assert.ThrowsAsync<GatewayMeshException>(() => client.GetAsync());
        Assert.That((failure?.Reason, failure?.MayHaveRun, gateway.Requests), Is.EqualTo((FailoverReason.Untrusted, false, 0)));
    }

    [Test]
    public async Task A_listener_that_accepts_no_tunnels_gets_no_hello()
    {
        using var gateway = new TlsGateway(_authority.Issue("gatewaymesh-gateway")) { Protocol = "h2" };
        WriteIdentity();
        using var client = Client(gateway);

        await Assert.ThrowsAsync<GatewayMeshException>(() => client.GetAsync());
        Assert.That(gateway.Hellos, Is.Empty);
    }

    [Test]
    public async Task Without_a_certificate_nothing_is_dialed_in_plaintext_and_the_error_names_the_fix_and_a_later_certificate_is_used()
    {
        using var gateway = Gateway("gatewaymesh-gateway");
        using var client = Client(gateway);
        var failure = await Assert.ThrowsAsync<GatewayMeshException>(() => client.GetAsync());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(failure?.Reason, Is.EqualTo(FailoverReason.Untrusted));
            Assert.That(failure?.ToString(), Does.Contain("clientIdentity: true").And.Contains("identity.pem"));
        }

        WriteIdentity();
        _time.Shift += TimeSpan.FromSeconds(2);
        Assert.That(await client.GetAsync(), Is.EqualTo("by the gateway"));
    }

    [Test]
    public async Task An_expired_client_certificate_is_not_presented()
    {
        using var gateway = Gateway("gatewaymesh-gateway");
        WriteIdentity(_authority.Issue("web", Now.AddHours(-2), Now.AddHours(-1)));
        using var client = Client(gateway);

        Assert.That(
            (await Assert.ThrowsAsync<GatewayMeshException>(() => client.GetAsync()))?.Reason, Is.EqualTo(FailoverReason.Untrusted));
        Assert.That(gateway.Callers, Is.Empty);
    }

    [Test]
    public async Task A_renewed_certificate_is_presented_on_the_next_connection_and_an_invalid_file_changes_nothing()
    {
        using var gateway = Gateway("gatewaymesh-gateway");
        using var second = Gateway("gatewaymesh-gateway");
        var first = WriteIdentity();
        using var client = Client(gateway);
        await client.GetAsync();

        await File.WriteAllTextAsync(Path.Combine(Web, "identity.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        Go(second);
        await client.GetAsync();
        Assert.That(second.Callers, Is.All.EqualTo(first));

        using var third = Gateway("gatewaymesh-gateway");
        var renewed = WriteIdentity();
        Go(third);
        await client.GetAsync();
        Assert.That(third.Callers, Is.All.EqualTo(renewed).And.Not.EqualTo(first));
    }

    [Test]
    public async Task A_gateway_whose_root_is_no_longer_trusted_gets_no_requests_not_even_on_a_kept_connection()
    {
        using var other = new TestAuthority("other.mesh");
        using var gateway = Gateway("gatewaymesh-gateway");
        WriteIdentity(_authority.Issue("web"), _authority.RootPem + other.RootPem);
        using var client = Client(gateway);
        await client.GetAsync();

        WriteIdentity(other.Issue("web"), other.RootPem);
        _time.Shift += TimeSpan.FromSeconds(2);
        Assert.That(
            (await Assert.ThrowsAsync<GatewayMeshException>(() => client.GetAsync()))?.Reason, Is.EqualTo(FailoverReason.Untrusted));
        Assert.That(gateway.Requests, Is.EqualTo(1));
    }

    [Test]
    public async Task Gateways_of_both_roots_are_trusted_during_a_root_rotation()
    {
        using var other = new TestAuthority("other.mesh");
        using var old = Gateway("gatewaymesh-gateway");
        using var young = new TlsGateway(other.Issue("gatewaymesh-gateway"));
        WriteIdentity(other.Issue("web"), other.RootPem + _authority.RootPem);
        using (var client = Client(old))
        {
            Assert.That(await client.GetAsync(), Is.EqualTo("by the gateway"));
        }

        using (var client = Client(young))
        {
            Assert.That(await client.GetAsync(), Is.EqualTo("by the gateway"));
        }
    }

    [Test]
    public async Task Gateways_of_the_options_use_tls_if_an_identity_file_is_set()
    {
        using var gateway = Gateway("our-gateway");
        WriteIdentity();
        using var client = new TestClient(ScriptedServer.ClosedPort(), [$"127.0.0.1:{gateway.Port}"], options =>
        {
            options.IdentityFile = Path.Combine(Web, "identity.pem");
            options.RootsFile = Path.Combine(Web, "roots.pem");
            options.GatewayService = "our-gateway";
        });

        Assert.That((await client.GetAsync(), gateway.Requests), Is.EqualTo(("by the gateway", 1)));
    }

    private TlsGateway Gateway(string service) => new(_authority.Issue(service));

    private TestClient Client(TlsGateway gateway)
    {
        WriteGateways(gateway);
        return new TestClient(ScriptedServer.ClosedPort(), with: options => options.RunDirectory = _folder.FullName, time: _time);
    }

    private void Go(TlsGateway gateway)
    {
        WriteGateways(gateway);
        _time.Shift += TimeSpan.FromSeconds(2);
    }

    // Written as the sidecar does. The blanks give each file a different length.
    private void WriteGateways(TlsGateway gateway)
    {
        var address = new HostPort("127.0.0.1", gateway.Port);
        var list = new GatewayList(
            "web",
            [
                new GatewayAddress(gateway.Port.ToString(CultureInfo.InvariantCulture), address, address)
                {
                    Tls = new GatewayTls("gatewaymesh-gateway", _authority.TrustDomain),
                }]);
        File.WriteAllBytes(Path.Combine(Web, "gateways.json"), [.. list.ToBytes(), .. Enumerable.Repeat((byte)' ', gateway.Port % 1000)]);
    }

    // Returns the serial number of the certificate.
    private string WriteIdentity(string? pem = null, string? roots = null)
    {
        pem ??= _authority.Issue("web");
        File.WriteAllText(Path.Combine(Web, "roots.pem"), roots ?? _authority.RootPem);
        File.WriteAllText(Path.Combine(Web, "identity.pem"), pem);
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return certificate.SerialNumber;
    }
}
