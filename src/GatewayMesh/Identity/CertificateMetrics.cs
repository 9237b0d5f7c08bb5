using System.Globalization;
using System.Text;

namespace GatewayMesh.Identity;

/// <summary>
/// Prometheus text form of a <see cref="CertificateReport"/>. Seconds are negative after expiry; an identity without a certificate has
/// none.
/// </summary>
internal static class CertificateMetrics
{
    /// <summary>Seconds until an identity's certificate expires.</summary>
    public const string Leafs = "gatewaymesh_certificate_expiry_seconds";

    /// <summary>Seconds until a root expires.</summary>
    public const string Roots = "gatewaymesh_root_certificate_expiry_seconds";

    /// <summary>1 for each identity without a valid certificate.</summary>
    public const string Missing = "gatewaymesh_certificate_missing";

    /// <summary>The metric families.</summary>
    public static string Text(CertificateReport report, DateTimeOffset now)
    {
        var text = new StringBuilder(512);
        Head(text, Leafs, "Seconds until an identity's certificate expires.");
        foreach (var identity in report.Identities.Where(identity => identity.NotAfter is not null))
        {
            Line(text, Leafs, "service", identity.Service, Seconds(identity.NotAfter!.Value, now));
        }

        Head(text, Missing, "1 if an identity has no valid certificate.");
        foreach (var identity in report.Identities)
        {
            Line(text, Missing, "service", identity.Service, identity.State is CertificateState.Valid or CertificateState.Ending ? 0 : 1);
        }

        Head(text, Roots, "Seconds until a trusted root expires.");
        foreach (var root in report.Roots)
        {
            Line(text, Roots, "fingerprint", root.Fingerprint, Seconds(root.NotAfter, now));
        }

        return text.ToString();
    }

    private static long Seconds(DateTimeOffset end, DateTimeOffset now) => (long)Math.Floor((end - now).TotalSeconds);

    private static void Head(StringBuilder text, string name, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} gauge\n");

    private static void Line(StringBuilder text, string name, string label, string of, long value) =>
        text.Append(CultureInfo.InvariantCulture, $"{name}{{{label}=\"{of}\"}} {value}\n");
}
