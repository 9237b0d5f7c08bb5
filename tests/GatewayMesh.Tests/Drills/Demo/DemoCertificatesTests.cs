using GatewayMesh.Certificates.Folder;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Drills.Demo;
using GatewayMesh.Drills.Demo.Files;

namespace GatewayMesh.Tests.Drills.Demo;

internal sealed class DemoCertificatesTests
{
    [Test]
    public void Demo_nodes_have_certificates_for_all_their_services_and_trust_each_other()
    {
        var folder = Directory.CreateTempSubdirectory("gatewaymesh-demo-").FullName;
        try
        {
            var plan = new DemoPlan(25000);
            DemoCertificates.Issue(plan, folder, TimeProvider.System);
            using var decider = Open(folder, "host-a");
            using (Assert.EnterMultipleScope())
            {
                foreach (var node in plan.Nodes)
                {
                    using var certificates = Open(folder, node.Name);
                    foreach (var service in DemoCertificates.ServicesOf(node))
                    {
                        var verdict = PeerVerifier.Verify(
                            certificates.Leaf(service)?.Certificate, [], decider.Trust, PeerUsage.Client, TimeProvider.System.GetUtcNow());
                        Assert.That((verdict.Fault, verdict.Id?.Service), Is.EqualTo((PeerFault.None, service)), node.Name);
                    }
                }

                Assert.That(
                    plan.Nodes.Select(
                        node => File.ReadAllText(
                            Path.Combine(folder, "state", node.Name, "certificates", $"{DemoCertificates.ServicesOf(node).First()}.pem"))),
                    Is.Unique,
                    "no two nodes share a key");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static CertificateFolder Open(string folder, string node)
    {
        var certificates = new CertificateFolder(Path.Combine(folder, "state", node, "certificates"), TimeProvider.System);
        certificates.Refresh();
        return certificates;
    }
}
