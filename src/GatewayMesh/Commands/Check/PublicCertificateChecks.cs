using System.Globalization;
using GatewayMesh.Commands.Status;

namespace GatewayMesh.Commands.Check;

/// <summary>Checks of the certificates that public listeners show: each lives long enough, and its file is the one in use.</summary>
internal static class PublicCertificateChecks
{
    /// <summary>Less than this is said: a week is time for somebody to act.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromDays(7);

    /// <summary>One finding for each certificate.</summary>
    public static IEnumerable<Finding> Of(IEnumerable<PublicCertificateStatus> certificates)
    {
        foreach (var certificate in certificates)
        {
            var subject = $"public certificate {certificate.Port}";
            var days = Math.Abs(certificate.Left.TotalDays).ToString("0.0", CultureInfo.InvariantCulture);
            yield return certificate switch
            {
                { Left.Ticks: <= 0 } => new Finding(Mark.Broken, subject, $"{certificate.File} ended {days} days ago: clients refuse it", "put a new certificate and its key in place of the files; they are read again by themselves"),
                { Refused: { } why } => new Finding(Mark.Warning, subject, $"the files that are there now cannot be used, those before are ({days} days left): {why}", "fix the files; they are read again by themselves"),
                _ when certificate.Left < Soon => new Finding(Mark.Warning, subject, $"{certificate.File} ends in {days} days", "put a new certificate and its key in place of the files; they are read again by themselves"),
                _ => Finding.Well(subject, $"{certificate.File}, {days} days left"),
            };
        }
    }
}
