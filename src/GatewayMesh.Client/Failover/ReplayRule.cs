namespace GatewayMesh.Client.Failover;

/// <summary>
/// The retry rules. A request that was certainly not processed is always retried, any other request only if it is idempotent. Both need the
/// body and an attempt left.
/// </summary>
internal readonly record struct ReplayRule(bool Idempotent, int MaxAttempts)
{
    /// <summary>The reason why a failed attempt may not be retried; null if it may.</summary>
    public ReplayRefusal? Refusal(in AttemptOutcome failed, bool bodyAtHand, RequestHistory history) =>
        history.Attempts >= MaxAttempts ? ReplayRefusal.AttemptsUsedUp
        : !Idempotent && history.MayHaveRun ? ReplayRefusal.NotIdempotent
        : failed.MayHaveRun && !Idempotent ? ReplayRefusal.NotIdempotent
        : !bodyAtHand ? ReplayRefusal.BodyGone
        : null;

    /// <summary>The reason why a message that was sent before may not be sent again by a layer above; null if it may.</summary>
    public ReplayRefusal? Refusal(RequestHistory history) =>
        history.Attempts >= MaxAttempts ? ReplayRefusal.AttemptsUsedUp
        : !Idempotent && history.MayHaveRun ? ReplayRefusal.NotIdempotent
        : null;
}
