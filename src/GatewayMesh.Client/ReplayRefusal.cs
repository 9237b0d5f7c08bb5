namespace GatewayMesh.Client;

/// <summary>
/// The reason why a failed request is not retried. Also the tag <c>reason</c> of <c>gatewaymesh_client_replays_refused_total</c> (in
/// snake_case).
/// </summary>
public enum ReplayRefusal
{
    /// <summary>Every target was tried.</summary>
    NoTargetLeft,

    /// <summary>All attempts of the request are used up.</summary>
    AttemptsUsedUp,

    /// <summary>An application may have seen the request, whose method is not idempotent.</summary>
    NotIdempotent,

    /// <summary>Part of the body was sent and not buffered.</summary>
    BodyGone,

    /// <summary>The retry budget of the process is used up: 20 % of the requests of the last ten seconds, at least ten a second.</summary>
    BudgetSpent,
}
