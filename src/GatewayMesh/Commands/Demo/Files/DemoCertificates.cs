using GatewayMesh.Certificates.Authority;
using GatewayMesh.Certificates.Folder;
using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Commands.Demo.Files;

/// <summary>The certificates of the demo's mesh where no Consul issues them: an authority of its own under <c>ca</c>, and what each node needs under its state.</summary>
internal static class DemoCertificates
{
    // Longer than anybody lets a demo run.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    /// <summary>Makes them all, as <c>gatewaymesh ca init</c> and <c>ca issue</c> would.</summary>
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

    /// <summary>In whose names a node speaks.</summary>
    public static IEnumerable<string> ServicesOf(DemoNode node) => node.Role switch
    {
        "sidecar" => DemoPlan.Services,
        "gateway" => [new GatewaySpec().Service],
        _ => [new IngressSpec().Service],
    };
}
