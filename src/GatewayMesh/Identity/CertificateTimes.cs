namespace GatewayMesh.Identity;

/// <summary>Warning thresholds of certificates and names of their states.</summary>
internal static class CertificateTimes
{
    private static readonly TimeSpan LongestNotice = TimeSpan.FromDays(30);

    /// <summary>
    /// Time before expiry at which a certificate counts as ending: the last third of its lifetime, at most 30 days. Consul renews a leaf
    /// earlier, with a day left.
    /// </summary>
    public static TimeSpan Notice(TimeSpan life) => life / 3 < LongestNotice ? life / 3 : LongestNotice;

    /// <summary>State at <paramref name="now"/>.</summary>
    public static CertificateState StateOf(DateTimeOffset begin, DateTimeOffset end, DateTimeOffset now) =>
        now >= end ? CertificateState.Expired
        : now < begin ? CertificateState.NotYetValid
        : end - now < Notice(end - begin) ? CertificateState.Ending
        : CertificateState.Valid;

    /// <summary>Name of a state: <c>valid</c>, <c>ending</c>, <c>expired</c>, <c>not-yet-valid</c>, <c>missing</c>.</summary>
    public static string WordOf(CertificateState state) => state switch
    {
        CertificateState.Valid => "valid",
        CertificateState.Ending => "ending",
        CertificateState.Expired => "expired",
        CertificateState.NotYetValid => "not-yet-valid",
        _ => "missing",
    };
}
