using System.Security.Cryptography;
using System.Text.Json;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Tests.Consul.Watching;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Consul.Certificates;

/// <summary>
/// Certificates from Consul's authority, against real agents. A stand-in covers only what real agents do not do on demand.
/// </summary>
public sealed class ConsulCertificatesTests
{
    private const string LeafPath = "/v1/agent/connect/ca/leaf/";

    private readonly List<ConsulAgent> _agents = [];

    [TearDown]
    public async Task StopAgents()
    {
        foreach (var agent in _agents)
        {
            if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
            {
                await TestContext.Out.WriteLineAsync(agent.Log);
            }

            await agent.DisposeAsync();
        }

        _agents.Clear();
    }

    [Test]
    public async Task A_sidecar_gets_the_roots_and_a_leaf_for_each_local_service_with_consuls_id()
    {
        var agent = await StartAsync();
        await using var mesh = CertificateMesh.Open(agent.Registry, ["web", "payments"]);
        var (web, payments) = (await mesh.LeafAsync("web"), await mesh.LeafAsync("payments"));
        await mesh.HoldsAsync(() => mesh.Folder.Trust is not null, "the roots are stored");
        var domain = Text(await agent.GetAsync("/v1/agent/connect/ca/roots"), "TrustDomain");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(mesh.Folder.Trust!.TrustDomain, Is.EqualTo(domain));
            Assert.That(web.Id.ToString(), Is.EqualTo(Text(await agent.GetAsync(LeafPath + "web"), "ServiceURI")));
            Assert.That(
                CertificateMesh.Verify(web, mesh.Folder.Trust), Is.EqualTo(new PeerVerdict(new(domain, "dc1", "web"), PeerFault.None)));
            Assert.That(CertificateMesh.Verify(payments, mesh.Folder.Trust).IsTrusted);
            Assert.That(mesh.Troubles.Current, Is.Empty);
        }
    }

    [Test]
    public async Task A_gateway_and_an_ingress_get_a_leaf_for_their_registered_service()
    {
        var agent = await StartAsync();
        await using var gateway = CertificateMesh.Open(
            new BootstrapSpec
            {
                Role = MeshRole.Gateway,
                Node = "gateway-1",
                Registry = CertificateMesh.RegistryOf(agent.Registry),
                Gateway = new GatewaySpec { Service = "our-gateway" },
            });
        await using var ingress = CertificateMesh.Open(
            new BootstrapSpec
            {
                Role = MeshRole.Ingress,
                Node = "edge",
                Registry = CertificateMesh.RegistryOf(agent.Registry),
                Ingress = new IngressSpec(),
            });
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await gateway.LeafAsync("our-gateway")).Id.Service, Is.EqualTo("our-gateway"));
            Assert.That((await ingress.LeafAsync("gatewaymesh-ingress")).Id.Service, Is.EqualTo("gatewaymesh-ingress"));
        }
    }

    [Test]
    public async Task Added_services_get_leaves_and_leaves_of_removed_services_are_not_renewed()
    {
        var agent = await StartAsync();
        await using var faulty = FaultyAgent.Before(agent);
        await using var mesh = CertificateMesh.Open(
            faulty.Registry, ["web"], ConsulMesh.Quick with { Wait = TimeSpan.FromMilliseconds(100) });
        _ = await mesh.LeafAsync("web");
        mesh.Reconfigure("payments");
        _ = await mesh.LeafAsync("payments");
        var (web, payments) = (0, 0);
        faulty.Answer = path =>
        {
            _ = path.StartsWith(LeafPath + "web", StringComparison.Ordinal)
                ? Interlocked.Increment(ref web)
                : path.StartsWith(LeafPath + "payments", StringComparison.Ordinal)
                ? Interlocked.Increment(ref payments)
                : 0;
            return null;
        };
        await mesh.HoldsAsync(() => Volatile.Read(ref payments) > 3, "payments is followed");
        Assert.That(web, Is.Zero);
    }

    [Test]
    public async Task A_new_root_is_trusted_at_once_with_the_old_one_and_new_leaves_verify_with_both()
    {
        var agent = await StartAsync();
        await using var mesh = CertificateMesh.Open(agent.Registry, ["web"]);
        var before = await mesh.LeafAsync("web");
        await mesh.HoldsAsync(() => mesh.Folder.Trust is not null, "the roots are stored");
        var old = mesh.Folder.Trust!;

        await RotateAsync(agent);
        await mesh.HoldsAsync(() => mesh.Folder.Trust!.Roots.Length == 2, "both roots are trusted");
        mesh.Reconfigure("web", "payments");
        var after = await mesh.LeafAsync("payments");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(CertificateMesh.Verify(before, mesh.Folder.Trust!).Fault, Is.EqualTo(PeerFault.None),
                "an old leaf with the new roots");
            Assert.That(CertificateMesh.Verify(after, mesh.Folder.Trust!).Fault, Is.EqualTo(PeerFault.None));
            Assert.That(CertificateMesh.Verify(after, old).Fault, Is.EqualTo(PeerFault.None),
                "a new leaf with the old roots, through the cross-signed root sent with the leaf");
            Assert.That(mesh.Folder.Trust!.Roots[0].Thumbprint, Is.Not.EqualTo(old.Roots[0].Thumbprint), "the active root comes first");
        }
    }

    [Test]
    public async Task An_agent_restarted_with_another_authority_is_followed_and_the_old_authority_stays_trusted()
    {
        var agent = await StartAsync();
        await using var mesh = CertificateMesh.Open(agent.Registry, ["web"]);
        var before = await mesh.LeafAsync("web");
        await mesh.HoldsAsync(() => mesh.Folder.Trust is not null, "the roots are stored");
        var old = mesh.Folder.Trust!.TrustDomain;

        await agent.KillAsync();
        await mesh.HoldsAsync(() => mesh.Troubles.Current.ContainsKey("web"), "the outage is reported");
        Assert.That((mesh.Folder.Leaf("web")?.Fingerprint, mesh.Folder.Trust.TrustDomain), Is.EqualTo((before.Fingerprint, old)),
            "an unreachable agent removes nothing");
        await agent.StartAgainAsync();

        var after = await mesh.LeafAsync("web", instead: before);
        await mesh.HoldsAsync(() => mesh.Folder.Trust!.Roots.Length == 2 && mesh.Troubles.Current.IsEmpty,
            "both authorities are trusted without failures");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(mesh.Folder.Trust!.TrustDomain, Is.Not.EqualTo(old).And.EqualTo(after.Id.TrustDomain));
            Assert.That(CertificateMesh.Verify(after, mesh.Folder.Trust!).Fault, Is.EqualTo(PeerFault.None));
            Assert.That(CertificateMesh.Verify(before, mesh.Folder.Trust!).Fault, Is.EqualTo(PeerFault.None), "peers without new leaves");
            Assert.That(
                mesh.Reported.Where(reported => reported.StartsWith("web", StringComparison.Ordinal)),
                Is.EqualTo(["web began", "web ended"]),
                "each reported once");
        }
    }

    [Test]
    public async Task A_removed_root_is_no_longer_trusted_after_a_minute()
    {
        var agent = await StartAsync();
        var time = new FakeTimeProvider();
        await using var mesh = CertificateMesh.Open(agent.Registry, ["web"], time: time);
        await mesh.HoldsAsync(() => mesh.Folder.Trust is not null, "the roots are stored");
        await agent.KillAsync();
        await mesh.HoldsAsync(() => mesh.Troubles.Current.ContainsKey(CertificateTroubles.Roots), "the outage is reported");
        await agent.StartAgainAsync();
        await mesh.HoldsAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            return mesh.Folder.Trust!.Roots.Length == 2;
        }, "both authorities are trusted");

        time.Advance(TimeSpan.FromSeconds(59));
        Assert.That(mesh.Folder.Trust!.Roots, Has.Length.EqualTo(2));
        time.Advance(TimeSpan.FromSeconds(1));
        await mesh.HoldsAsync(() => mesh.Folder.Trust.Roots.Length == 1, "the old root is removed");
        Assert.That(mesh.Folder.Trust.TrustDomain, Is.EqualTo(Text(await agent.GetAsync("/v1/agent/connect/ca/roots"), "TrustDomain")));
    }

    [Test]
    public async Task A_token_without_the_right_to_a_leaf_is_reported_with_the_fix_until_the_right_is_granted()
    {
        var agent = await StartAsync(new ConsulAgentOptions { Acl = true });
        var policy = Text(
            await agent.PutAsync("/v1/acl/policy", """{"Name":"node","Rules":"service \"web\" { policy = \"write\" }"}"""), "ID");
        var token = Text(await agent.PutAsync("/v1/acl/token", """{"Policies":[{"Name":"node"}]}"""), "SecretID");
        await using var mesh = CertificateMesh.Open(agent.Registry, ["web", "payments"], token: token);
        var web = await mesh.LeafAsync("web");
        await mesh.HoldsAsync(() => mesh.Troubles.Current.ContainsKey("payments"), "the missing right is reported");
        Assert.That(
            mesh.Troubles.Current["payments"],
            Does.Contain("403").And.Contains("service \"payments\" with policy write").And.Not.Contains(token));

        _ = await agent.PutAsync($"/v1/acl/policy/{policy}", """{"Name":"node","Rules":"service \"payments\" { policy = \"write\" }"}""");
        _ = await mesh.LeafAsync("payments");
        await mesh.HoldsAsync(() => !mesh.Troubles.Current.ContainsKey("payments"), "the end of the failure is reported");
        Assert.That(mesh.Folder.Leaf("web")?.Fingerprint, Is.EqualTo(web.Fingerprint), "a revoked right removes no leaf");
    }

    [Test]
    public async Task A_leaf_stays_with_its_issuing_agent_and_a_node_without_a_leaf_asks_the_next()
    {
        var server = await StartAsync();
        var client = await StartAsync(new ConsulAgentOptions { Join = server });
        await using var mesh = CertificateMesh.Open($"{client.Registry},{server.Address}", ["web"]);
        var web = await mesh.LeafAsync("web");
        Assert.That(web.Certificate.SerialNumber,
            Is.EqualTo(Serial(await client.GetAsync(LeafPath + "web"))).And.Not.EqualTo(Serial(await server.GetAsync(LeafPath + "web"))),
            "two agents issue two leaves");

        await client.KillAsync();
        await mesh.HoldsAsync(() => mesh.Troubles.Current.ContainsKey("web"), "the outage is reported");
        mesh.Reconfigure("web", "payments");
        var payments = await mesh.LeafAsync("payments");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(payments.Certificate.SerialNumber, Is.EqualTo(Serial(await server.GetAsync(LeafPath + "payments"))));
            Assert.That(mesh.Folder.Leaf("web")?.Fingerprint, Is.EqualTo(web.Fingerprint));
        }
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("[1]")]
    [
        TestCase(
            """{"Service":"web","CertPEM":"x","PrivateKeyPEM":"SECRETKEY","ValidAfter":"2026-01-01T00:00:00Z","ValidBefore":"2099-01-01T00:00:00Z"}""")]
    [
        TestCase(
            """{"Service":"web","CertPEM":"x","PrivateKeyPEM":"SECRETKEY","ValidAfter":"2026-01-01T00:00:00Z","ValidBefore":"SECRETKEY"}""")]
    [
        TestCase(
            """{"ActiveRootID":"x","TrustDomain":"y","Roots":[{"ID":"x","RootCert":"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"}]}""")]
    [TestCase("""{"ActiveRootID":"x","TrustDomain":"y","Roots":[]}""")]
    public async Task Garbage_changes_nothing_and_no_key_is_logged(string garbage)
    {
        var agent = await StartAsync();
        await using var faulty = FaultyAgent.Before(agent);
        await using var mesh = CertificateMesh.Open(
            faulty.Registry, ["web"], ConsulMesh.Quick with { Wait = TimeSpan.FromMilliseconds(200) });
        var web = await mesh.LeafAsync("web");
        await mesh.HoldsAsync(() => mesh.Folder.Trust is not null, "the roots are stored");
        var trust = mesh.Folder.Trust!.Fingerprint;

        faulty.Answer = _ => FaultyAgent.Response("200 OK", garbage, index: 7);
        await mesh.HoldsAsync(() => mesh.Troubles.Current.Count == 2, "the garbage is reported");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((mesh.Folder.Leaf("web")?.Fingerprint, mesh.Folder.Trust.Fingerprint), Is.EqualTo((web.Fingerprint, trust)));
            Assert.That(string.Join(' ', mesh.Troubles.Current.Values), Does.Not.Contain("SECRETKEY"));
        }

        faulty.Answer = null;
        await mesh.HoldsAsync(() => mesh.Troubles.Current.IsEmpty, "the failures end");
    }

    [Test]
    public async Task An_expired_leaf_does_not_replace_a_valid_one()
    {
        var agent = await StartAsync();
        using var authority = new TestAuthority();
        await using var faulty = FaultyAgent.Before(agent);
        await using var mesh = CertificateMesh.Open(
            faulty.Registry, ["web"], ConsulMesh.Quick with { Wait = TimeSpan.FromMilliseconds(200) });
        var web = await mesh.LeafAsync("web");
        var now = TimeProvider.System.GetUtcNow();
        faulty.Answer = path =>
            path.StartsWith(LeafPath, StringComparison.Ordinal)
                ? FaultyAgent.Response("200 OK", LeafAnswer(authority, now.AddHours(-2), now.AddHours(-1)))
                : null;
        await mesh.HoldsAsync(() => mesh.Troubles.Current.GetValueOrDefault("web")?.Contains("clock", StringComparison.Ordinal) == true,
            "the expired leaf is reported");
        Assert.That(mesh.Folder.Leaf("web")?.Fingerprint, Is.EqualTo(web.Fingerprint));
    }

    [Test]
    public async Task A_leaf_is_requested_without_blocking_at_half_of_its_lifetime_although_a_query_waits()
    {
        var agent = await StartAsync();
        using var authority = new TestAuthority();
        await using var faulty = FaultyAgent.Before(agent);
        var now = TimeProvider.System.GetUtcNow();
        var young = LeafAnswer(authority, now.AddSeconds(-10), now.AddSeconds(12));
        var fresh = LeafAnswer(authority, now, now.AddHours(72));
        var atOnce = 0;
        using var pace = new ManualResetEventSlim();
        faulty.Answer = path =>
        {
            if (!path.StartsWith(LeafPath, StringComparison.Ordinal))
            {
                return null;
            }

            // A blocking query learns nothing here, as with an agent that has forgotten the query.
            _ = path.Contains("index=", StringComparison.Ordinal) ? pace.Wait(50) : Interlocked.Increment(ref atOnce) > 1;
            return FaultyAgent.Response("200 OK", Volatile.Read(ref atOnce) > 1 ? fresh : young, index: 7);
        };
        await using var mesh = CertificateMesh.Open(faulty.Registry, ["web"]);
        var first = await mesh.LeafAsync("web");
        var second = await mesh.LeafAsync("web", instead: first);
        Assert.That(
            (second.NotAfter, atOnce),
            Is.EqualTo((now.AddHours(72), 2)).Using<(DateTimeOffset At, int Count)>(
                (x, y) => x.Count == y.Count && (x.At - y.At).Duration() < TimeSpan.FromSeconds(2)));
    }

    private static string LeafAnswer(TestAuthority authority, DateTimeOffset from, DateTimeOffset until)
    {
        var pem = authority.Issue("web", from, until);
        var key = pem.IndexOf("-----BEGIN PRIVATE", StringComparison.Ordinal);
        return JsonSerializer.Serialize(
            new { Service = "web", CertPEM = pem[..key], PrivateKeyPEM = pem[key..], ValidAfter = from, ValidBefore = until });
    }

    // Only a different key makes a different root.
    private static async Task RotateAsync(ConsulAgent agent)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var configuration = JsonSerializer.Serialize(new
        {
            Provider = "consul",
            Config = new
            {
                PrivateKey = key.ExportECPrivateKeyPem(),
                LeafCertTTL = "72h",
                IntermediateCertTTL = "8760h",
                RotationPeriod = "2160h",
            },
        });
        _ = await agent.PutAsync("/v1/connect/ca/configuration", configuration);
    }

    private static string Text(string json, string key) => JsonDocument.Parse(json).RootElement.GetProperty(key).GetString()!;

    private static string Serial(string leaf) => Text(leaf, "SerialNumber").Replace(":", "", StringComparison.Ordinal).ToUpperInvariant();

    private async Task<ConsulAgent> StartAsync(ConsulAgentOptions? options = null)
    {
        var agent = await ConsulAgent.StartAsync(options);
        _agents.Add(agent);
        return agent;
    }
}
