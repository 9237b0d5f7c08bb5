namespace GatewayMesh.Proxy.Resilience;

/// <summary>Whether a failed attempt may be followed by another, and if not, why not. Also the <c>outcome</c> tag of <c>gatewaymesh_retries_total</c>.</summary>
public enum RetryVerdict
{
    /// <summary>Try again.</summary>
    Allowed,

    /// <summary>Another instance would do no better.</summary>
    Pointless,

    /// <summary>The request has had all its attempts, over all layers.</summary>
    AttemptsUsedUp,

    /// <summary>Part of the response has reached the client.</summary>
    ResponseStarted,

    /// <summary>Part of the body has been sent and cannot be sent again.</summary>
    BodyGone,

    /// <summary>It was forwarded, and its method is not idempotent.</summary>
    NotIdempotent,

    /// <summary>It was forwarded, and a layer above is already on a further attempt: it decides.</summary>
    LayerAboveRetries,

    /// <summary>No time is left.</summary>
    DeadlineExceeded,

    /// <summary>As many requests to the service are tried again at this moment as may be.</summary>
    LimitReached,

    /// <summary>The service, or the process, has used up its retry budget.</summary>
    BudgetSpent,

    /// <summary>The policy does not name this failure (<c>retries.on</c>).</summary>
    NotNamed,

    /// <summary>Every instance has failed this request, and the policy does not ask one twice.</summary>
    NoOtherInstance,

    /// <summary>The application asks for a longer wait than the policy grants (<c>Retry-After</c>).</summary>
    WaitTooLong,
}
