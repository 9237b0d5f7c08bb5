namespace GatewayMesh.Client;

/// <summary>Why a failed request is not sent again. Also the tag <c>reason</c> of <c>gatewaymesh_client_replays_refused_total</c> (in snake_case).</summary>
public enum ReplayRefusal
{
    /// <summary>Every way was tried.</summary>
    NoTargetLeft,

    /// <summary>The request has had all its attempts.</summary>
    AttemptsUsedUp,

    /// <summary>An application may have seen it, and its method is not idempotent.</summary>
    NotIdempotent,

    /// <summary>Part of the body was sent and is not kept.</summary>
    BodyGone,

    /// <summary>The process has used up its retry budget: 20 % of the requests of the last ten seconds, at least ten a second.</summary>
    BudgetSpent,
}
