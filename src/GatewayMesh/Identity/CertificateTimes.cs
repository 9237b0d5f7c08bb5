using System.Globalization;

namespace GatewayMesh.Identity;

/// <summary>When a certificate is worth a word, and how times are written for people.</summary>
internal static class CertificateTimes
{
    private static readonly TimeSpan LongestNotice = TimeSpan.FromDays(30);

    /// <summary>How long before its end a certificate counts as ending: the last third of its life, at most 30 days. A leaf of Consul's is renewed before: a day is left then.</summary>
    public static TimeSpan Notice(TimeSpan life) => life / 3 < LongestNotice ? life / 3 : LongestNotice;

    /// <summary>How it is at <paramref name="now"/>.</summary>
    public static CertificateState StateOf(DateTimeOffset begin, DateTimeOffset end, DateTimeOffset now) =>
        now >= end ? CertificateState.Expired
        : now < begin ? CertificateState.NotYetValid
        : end - now < Notice(end - begin) ? CertificateState.Ending
        : CertificateState.Valid;

    /// <summary>The word for a state: <c>valid</c>, <c>ending</c>, <c>expired</c>, <c>not-yet-valid</c>, <c>missing</c>.</summary>
    public static string WordOf(CertificateState state) => state switch
    {
        CertificateState.Valid => "valid",
        CertificateState.Ending => "ending",
        CertificateState.Expired => "expired",
        CertificateState.NotYetValid => "not-yet-valid",
        _ => "missing",
    };

    /// <summary>A time as people say it: <c>2.9 days</c>, <c>20 hours</c>, <c>5 minutes</c>.</summary>
    public static string Text(TimeSpan time) => time.Duration() switch
    {
        { TotalHours: >= 48 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.#} days"),
        { TotalMinutes: >= 120 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0} hours"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} minutes"),
    };
}
