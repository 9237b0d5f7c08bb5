namespace GatewayMesh.Client.Failover;

/// <summary>
/// The rules of failover: always when certainly nothing was processed; otherwise only what may run twice; only while the body is at hand, and within
/// the attempts that one request has.
/// </summary>
internal readonly record struct ReplayRule(bool Idempotent, int MaxAttempts)
{
    /// <summary>Why a failed attempt may not be followed by another; null when it may.</summary>
    public ReplayRefusal? Refusal(in AttemptOutcome failed, bool bodyAtHand, RequestHistory history) =>
        history.Attempts >= MaxAttempts ? ReplayRefusal.AttemptsUsedUp
        : !Idempotent && history.MayHaveRun ? ReplayRefusal.NotIdempotent
        : failed.MayHaveRun && !Idempotent ? ReplayRefusal.NotIdempotent
        : !bodyAtHand ? ReplayRefusal.BodyGone
        : null;

    /// <summary>Why a message that was sent before may not be sent again by a layer above; null when it may.</summary>
    public ReplayRefusal? Refusal(RequestHistory history) =>
        history.Attempts >= MaxAttempts ? ReplayRefusal.AttemptsUsedUp
        : !Idempotent && history.MayHaveRun ? ReplayRefusal.NotIdempotent
        : null;
}
