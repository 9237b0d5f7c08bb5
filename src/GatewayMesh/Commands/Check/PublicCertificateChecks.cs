using System.Globalization;
using GatewayMesh.Admin.Documents;

namespace GatewayMesh.Commands.Check;

/// <summary>Checks of the certificates on public listeners: enough time left, and the file on disk in use.</summary>
internal static class PublicCertificateChecks
{
    /// <summary>Threshold for a warning: a week leaves time to act.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromDays(7);

    /// <summary>Returns a finding for each certificate.</summary>
    public static IEnumerable<Finding> Of(IEnumerable<PublicCertificateStatus> certificates)
    {
        foreach (var certificate in certificates)
        {
            var subject = $"public certificate {certificate.Port}";
            var left = TimeSpan.FromSeconds(certificate.SecondsLeft);
            var days = Math.Abs(left.TotalDays).ToString("0.0", CultureInfo.InvariantCulture);
            yield return certificate switch
            {
                _ when left <= TimeSpan.Zero =>
                    new Finding(
                        Mark.Broken,
                        subject,
                        $"{certificate.File} expired {days} days ago: clients refuse it",
                        "replace the certificate and key files; they reload automatically"),
                { Refused: { Length: > 0 } why } =>
                    new Finding(
                        Mark.Warning,
                        subject,
                        $"the files on disk are not usable; the previous certificate is in use ({days} days left): {why}",
                        "fix the files; they reload automatically"),
                _ when left < Soon =>
                    new Finding(
                        Mark.Warning,
                        subject,
                        $"{certificate.File} expires in {days} days",
                        "replace the certificate and key files; they reload automatically"),
                _ => Finding.Well(subject, $"{certificate.File}, {days} days left"),
            };
        }
    }
}
