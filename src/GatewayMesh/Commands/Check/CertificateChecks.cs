using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Identity;

namespace GatewayMesh.Commands.Check;

/// <summary>Checks of a node's certificates: enough time left, renewable, and roots present.</summary>
internal static class CertificateChecks
{
    /// <summary>Returns a finding for each identity and one for the roots.</summary>
    /// <param name="certificates">Certificates reported by the node.</param>
    /// <param name="registry">Kind of its registry, for the fix.</param>
    public static IEnumerable<Finding> Of(CertificatesStatus certificates, string registry) =>
    [
        .. certificates.Identities.Select(
            identity => Leaf(identity, CertificateFix.Of(registry, identity.Service, certificates.Directory ?? ""))),
        .. certificates.Identities.Where(identity => identity.ClientFile is { Length: > 0 }).Select(identity => new Finding(
            Mark.Warning,
            $"client identity {identity.Service}",
            $"certificate and key are also in {identity.ClientFile}: any process that can read the file can call gateways as "
                + $"{identity.Service}",
            "set clientIdentity: false unless an application uses GatewayMesh.Client, and keep clientGroup small")),
        .. Roots(certificates, CertificateFix.OfRoots(registry, certificates.Directory ?? "")),
        .. certificates.Errors.Select(
            error => new Finding(
                Mark.Warning, "certificates", error, "fix it before the last good certificates expire; they stay in use until then")),
    ];

    private static Finding Leaf(IdentityStatus identity, string fix)
    {
        var subject = $"certificate {identity.Service}";
        var time = TimeSpan.FromSeconds(identity.SecondsLeft ?? 0);
        var left = RoughTime.Text(time);
        var trouble = identity.Trouble is { Length: > 0 } why ? $"; {why}" : "";
        return identity.State switch
        {
            "valid" when trouble.Length == 0 => Finding.Well(subject, $"valid for {left} more, {identity.Id}"),
            "valid" => new Finding(Mark.Warning, subject, $"valid for {left} more, but cannot be renewed now{trouble}", fix),
            "ending" => new Finding(Mark.Warning, subject, $"expires in {left}{trouble}", fix),
            "expired" => new Finding(
                Mark.Broken, subject, $"expired {RoughTime.Text(time.Duration())} ago and is not used{trouble}", fix),
            "not-yet-valid" =>
                new Finding(Mark.Broken, subject, "is not valid yet and not used: this host's clock is behind", CertificateFix.OfClock),
            _ => new Finding(Mark.Broken, subject, $"is missing{trouble}", fix),
        };
    }

    private static IEnumerable<Finding> Roots(CertificatesStatus certificates, string fix)
    {
        if (certificates.Roots.IsEmpty)
        {
            yield return new Finding(Mark.Broken, "roots", "none: no peer is trusted", fix);
            yield break;
        }

        foreach (var root in certificates.Roots.Where(root => root.State != "valid"))
        {
            yield return root.State == "ending"
                ? new Finding(
                    Mark.Warning, "roots", $"{root.Subject} expires in {RoughTime.Text(TimeSpan.FromSeconds(root.SecondsLeft))}", fix)
                : new Finding(
                    certificates.Roots.Any(other => other.State is "valid" or "ending") ? Mark.Warning : Mark.Broken,
                    "roots",
                    root.State == "not-yet-valid"
                        ? $"{root.Subject} is not valid yet: this host's clock is behind"
                        : $"{root.Subject} is {root.State}",
                    root.State == "not-yet-valid" ? CertificateFix.OfClock : fix);
        }

        if (certificates.Roots.All(root => root.State == "valid"))
        {
            yield return Finding.Well("roots", $"{certificates.Roots.Length} trusted, trust domain {certificates.Roots[0].TrustDomain}");
        }
    }
}
