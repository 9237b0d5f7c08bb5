using GatewayMesh.Certificates.Authority;
using GatewayMesh.Certificates.Folder;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Drills.Demo.Files;

/// <summary>
/// The certificates of a demo without Consul: an authority under <c>ca</c>, and each node's certificates under its state folder.
/// </summary>
internal static class DemoCertificates
{
    // Longer than any demo runs.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    /// <summary>Creates them all, like <c>gatewaymesh ca init</c> and <c>ca issue</c>.</summary>
    public static void Issue(DemoPlan plan, string folder, TimeProvider time)
    {
        using var authority = MeshAuthority.Create(MeshAuthority.NewTrustDomain(), Lifetime, time.GetUtcNow());
        authority.Save(Path.Combine(folder, "ca"));
        foreach (var node in plan.Nodes)
        {
            using var certificates = new CertificateFolder(Path.Combine(folder, "state", node.Name, "certificates"), time);
            certificates.PutTrust(authority.RootsPem);
            foreach (var service in ServicesOf(node))
            {
                certificates.Put(service, authority.Issue(service, "dc1", Lifetime, time.GetUtcNow()));
            }

            if (!certificates.Errors.IsEmpty)
            {
                throw new CommandFailure(ExitCode.Usage, string.Join("; ", certificates.Errors.Values));
            }
        }
    }

    /// <summary>The services whose identity a node uses.</summary>
    public static IEnumerable<string> ServicesOf(DemoNode node) => node.Role switch
    {
        "sidecar" => DemoPlan.Services,
        "gateway" => [new GatewaySpec().Service],
        _ => [new IngressSpec().Service],
    };
}
