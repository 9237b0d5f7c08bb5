using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Consul.Agents;
using GatewayMesh.Registry.Consul.Vouching;

namespace GatewayMesh.Registry.Tests.Consul.Agents;

/// <summary>A real agent that speaks only TLS and requires a client certificate.</summary>
internal sealed class SecureAgentTests
{
    private readonly TemporaryFolder _folder = new();
    private Fixtures.ConsulAgent _consul = null!;
    private Uri _address = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        WriteCertificates("right");
        WriteCertificates("other");
        var port = FreePorts.Next();
        _address = new Uri($"https://127.0.0.1:{port}");
        _consul = await Fixtures.ConsulAgent.StartAsync(new ConsulAgentOptions
        {
            Hcl = $$"""
                ports { https = {{port}} }
                ca_file = "{{_folder["right-ca.pem"]}}"
                cert_file = "{{_folder["right.pem"]}}"
                key_file = "{{_folder["right-key.pem"]}}"
                verify_incoming_https = true
                """,
        });
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _consul.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task An_agent_with_the_trusted_root_answers_a_client_with_a_certificate()
    {
        using var agents = Open("right", "right");
        var reads = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(
                _ => agents.GetAsync("/v1/health/service/consul?index=1000000&wait=1s", TimeSpan.FromSeconds(10), default)));
        Assert.That(reads.Select(read => read.Status), Is.All.EqualTo(200));
    }

    [Test]
    public void An_agent_with_another_root_is_refused()
    {
        using var agents = Open("other", "right");
        Assert.That(async () => await agents.GetAsync("/v1/agent/self", default), Throws.InstanceOf<IOException>());
    }

    [Test]
    public void A_client_without_a_certificate_gets_no_answer()
    {
        using var agents = Open("right", null);
        Assert.That(async () => await agents.GetAsync("/v1/agent/self", default), Throws.InstanceOf<IOException>());
    }

    [Test]
    public async Task New_files_are_used_without_a_restart()
    {
        File.Copy(_folder["other-ca.pem"], _folder["moving-ca.pem"], overwrite: true);
        using var agents = new ConsulAgents(
            new ConsulAccess
            {
                Agents = [_address],
                Tls = new ConsulTls(_folder["moving-ca.pem"], _folder["right.pem"], _folder["right-key.pem"]),
            },
            TimeProvider.System);
        Assert.That(async () => await agents.GetAsync("/v1/agent/self", default), Throws.InstanceOf<IOException>());
        File.WriteAllText(_folder["moving-ca.pem"], File.ReadAllText(_folder["right-ca.pem"]) + "\n");
        Assert.That((await agents.GetAsync("/v1/agent/self", default)).Status, Is.EqualTo(200));
    }

    [Test]
    public void A_guards_link_uses_tls_and_keeps_its_connection()
    {
        var access = new ConsulAccess
        {
            Agents = [_address],
            Tls = new ConsulTls(_folder["right-ca.pem"], _folder["right.pem"], _folder["right-key.pem"]),
        };
        using var link = new AgentLink(_address, new ConsulToken(access), access.Tls);
        for (var i = 0; i < 3; i++)
        {
            Assert.That(link.Send("PUT", "/v1/kv/a", "b"u8), Is.EqualTo(new LinkAnswer(200, "true\n")));
        }

        Assert.That(link.GetWhole("/v1/kv/a?raw"), Is.EqualTo(new LinkAnswer(200, "b")));
        using var other = new AgentLink(_address, new ConsulToken(access), access.Tls with { CaFile = _folder["other-ca.pem"] });
        Assert.That(() => other.Send("PUT", "/v1/kv/a", "b"u8), Throws.InstanceOf<IOException>());
    }

    [Test]
    public void Missing_files_are_named()
    {
        using var agents = Open("missing", null);
        Assert.That(
            async () => await agents.GetAsync("/v1/agent/self", default),
            Throws.InstanceOf<IOException>().With.Message.Contain("missing-ca.pem"));
    }

    private ConsulAgents Open(string root, string? own) => new(
        new ConsulAccess
        {
            Agents = [_address],
            Tls = new ConsulTls(
                _folder[$"{root}-ca.pem"], own is null ? null : _folder[$"{own}.pem"], own is null ? null : _folder[$"{own}-key.pem"]),
        },
        TimeProvider.System);

    private void WriteCertificates(string name)
    {
        var now = DateTimeOffset.Now;
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest($"CN={name} root", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        rootRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(rootRequest.PublicKey, false));
        using var root = rootRequest.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("server.dc1.consul");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var leaf = request.Create(root, now.AddDays(-1), now.AddDays(1), [1, 2, 3, 4]);
        File.WriteAllText(_folder[$"{name}-ca.pem"], root.ExportCertificatePem());
        File.WriteAllText(_folder[$"{name}.pem"], leaf.ExportCertificatePem());
        File.WriteAllText(_folder[$"{name}-key.pem"], key.ExportPkcs8PrivateKeyPem());
    }
}
