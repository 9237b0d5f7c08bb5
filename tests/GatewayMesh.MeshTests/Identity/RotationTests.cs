using System.Security.Cryptography;
using System.Text.Json;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Clients;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Identity;

/// <summary>Certificate renewal and root rotation under load: no request fails, on any path.</summary>
internal sealed class RotationTests : MeshTest
{
    private const int Requests = 10_000;

    [Test]
    public async Task Leaf_renewal_and_root_rotation_under_load_fail_no_request()
    {
        var hosts = await TwoHosts.StartAsync(Mesh, registry: RegistryKind.Folder);
        await using var load = hosts.Load();
        await load.UntilServedAsync(1000);

        foreach (var service in (string[])["payments", "web", "gatewaymesh-gateway"])
        {
            var before = await SerialsAsync(service);
            Mesh.Certificates.Issue(service);
            await UntilAsync(
                $"the new certificate of {service} is in use", async () => !(await SerialsAsync(service)).Intersect(before).Any());
            await load.UntilServedAsync(500);
        }

        Mesh.Certificates.TrustAnother();
        await UntilAsync("every node trusts both roots", async () => await AllAsync(roots => roots == 2));
        await load.UntilServedAsync(500);
        foreach (var service in (string[])["payments", "web", "gatewaymesh-gateway"])
        {
            var before = await SerialsAsync(service);
            Mesh.Certificates.IssueByTheOther(service);
            await UntilAsync(
                $"the certificate of {service} is the new authority's", async () => !(await SerialsAsync(service)).Intersect(before).Any());
        }

        await load.UntilServedAsync(500);
        Mesh.Certificates.ForgetTheFirst();
        await UntilAsync("no node trusts the old root", async () => await AllAsync(roots => roots == 1));
        await UntilEnoughAsync(load);
    }

    [TestCase(RegistryKind.Consul)]
    public async Task Root_rotation_by_Consul_under_load_fails_no_request(RegistryKind registry)
    {
        var hosts = await TwoHosts.StartAsync(Mesh, registry: registry);
        await using var load = hosts.Load();
        await load.UntilServedAsync(1000);
        var before = await SerialsAsync("web");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await Mesh.Consul!.PutAsync("/v1/connect/ca/configuration", JsonSerializer.Serialize(new
        {
            Provider = "consul",
            Config = new
            {
                LeafCertTTL = "72h",
                IntermediateCertTTL = "8760h",
                RotationPeriod = "2160h",
                PrivateKey = key.ExportECPrivateKeyPem(),
            },
        }));

        await UntilAsync("every node trusts both roots", async () => await AllAsync(roots => roots >= 2));
        await UntilAsync("web has a new certificate", async () => !(await SerialsAsync("web")).Intersect(before).Any());
        await UntilEnoughAsync(load);
    }

    private static async Task UntilEnoughAsync(PlainClient load)
    {
        await load.UntilServedAsync(Math.Max(1000, Requests - load.Report.Ok));
        var report = await load.StopAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Ok, Is.GreaterThanOrEqualTo(Requests));
            Assert.That(report.Failed, Is.Zero);
        }
    }

    // Of every node with a certificate.
    private async Task<IReadOnlyList<string>> SerialsAsync(string service)
    {
        var serials = new List<string>();
        foreach (var node in Mesh.Nodes)
        {
            var certificates = await CertificatesAsync(node);
            serials.AddRange(
                from identity in certificates.Identities
                where identity.Service == service && identity.Serial is not null
                select identity.Serial);
        }

        return serials;
    }

    private async Task<bool> AllAsync(Func<int, bool> roots)
    {
        foreach (var node in Mesh.Nodes)
        {
            if (!roots((await CertificatesAsync(node)).Roots.Length))
            {
                return false;
            }
        }

        return true;
    }

    private static async Task<CertificatesDocument> CertificatesAsync(MeshNode node) =>
        DocumentReader.Read(await node.GetAsync("/certs"), AdminJson.Default.CertificatesDocument)!;

    private static Task UntilAsync(string what, Func<Task<bool>> condition) => Eventually.Until(what, condition, () => Task.FromResult(""));
}
