using System.Collections.Immutable;

namespace GatewayMesh.Registry.Consul.Certificates;

/// <summary>The roots of Consul's authority at one moment.</summary>
/// <param name="TrustDomain">Its trust domain, <c>UUID.consul</c>.</param>
/// <param name="Roots">The roots, the active one first.</param>
internal sealed record ConsulRoots(string TrustDomain, ImmutableArray<ConsulRoot> Roots)
{
    /// <summary>
    /// The trust bundle as PEM, followed by <paramref name="more"/>. Roots of external authorities do not contain their trust domain, so
    /// the first line names the trust domain.
    /// </summary>
    public string ToPem(IEnumerable<ConsulRoot> more) =>
        $"TrustDomain: {TrustDomain}\n" + string.Concat(
            Roots.Concat(more).SelectMany(root => (IEnumerable<string>)[root.Pem, .. root.Intermediates]).Select(pem => pem + "\n"));
}
