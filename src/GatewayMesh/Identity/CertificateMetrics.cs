using System.Globalization;
using System.Text;

namespace GatewayMesh.Identity;

/// <summary>A <see cref="CertificateReport"/> in Prometheus' text format. Seconds left are negative when the time is over; an identity without a certificate has none.</summary>
internal static class CertificateMetrics
{
    /// <summary>Seconds until the certificate of an identity ends.</summary>
    public const string Leafs = "gatewaymesh_certificate_expiry_seconds";

    /// <summary>Seconds until a root ends.</summary>
    public const string Roots = "gatewaymesh_root_certificate_expiry_seconds";

    /// <summary>1 for each identity that has no certificate to use.</summary>
    public const string Missing = "gatewaymesh_certificate_missing";

    /// <summary>The families.</summary>
    public static string Text(CertificateReport report, DateTimeOffset now)
    {
        var text = new StringBuilder(512);
        Head(text, Leafs, "Seconds until the certificate of an identity ends.");
        foreach (var identity in report.Identities.Where(identity => identity.NotAfter is not null))
        {
            Line(text, Leafs, "service", identity.Service, Seconds(identity.NotAfter!.Value, now));
        }

        Head(text, Missing, "Whether an identity has no certificate that is valid now.");
        foreach (var identity in report.Identities)
        {
            Line(text, Missing, "service", identity.Service, identity.State is CertificateState.Valid or CertificateState.Ending ? 0 : 1);
        }

        Head(text, Roots, "Seconds until a root that is believed ends.");
        foreach (var root in report.Roots)
        {
            Line(text, Roots, "fingerprint", root.Fingerprint, Seconds(root.NotAfter, now));
        }

        return text.ToString();
    }

    private static long Seconds(DateTimeOffset end, DateTimeOffset now) => (long)Math.Floor((end - now).TotalSeconds);

    private static void Head(StringBuilder text, string name, string help) => text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} gauge\n");

    private static void Line(StringBuilder text, string name, string label, string of, long value) => text.Append(CultureInfo.InvariantCulture, $"{name}{{{label}=\"{of}\"}} {value}\n");
}
