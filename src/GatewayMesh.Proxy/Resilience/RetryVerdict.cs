namespace GatewayMesh.Proxy.Resilience;

/// <summary>Decision about a further attempt after a failure. Also the <c>outcome</c> tag of <c>gatewaymesh_retries_total</c>.</summary>
public enum RetryVerdict
{
    /// <summary>Another attempt follows.</summary>
    Allowed,

    /// <summary>Another instance would not succeed either.</summary>
    Pointless,

    /// <summary>The request has used all its attempts, over all layers.</summary>
    AttemptsUsedUp,

    /// <summary>Part of the response has reached the client.</summary>
    ResponseStarted,

    /// <summary>Part of the body has been sent and cannot be sent again.</summary>
    BodyGone,

    /// <summary>The request was forwarded, and its method is not idempotent.</summary>
    NotIdempotent,

    /// <summary>The request was forwarded, and a layer above is already on a further attempt: that layer decides.</summary>
    LayerAboveRetries,

    /// <summary>The deadline leaves no time.</summary>
    DeadlineExceeded,

    /// <summary>The limit of concurrent retries to the service is reached.</summary>
    LimitReached,

    /// <summary>The retry budget of the service or of the process is spent.</summary>
    BudgetSpent,

    /// <summary>The policy does not name this failure (<c>retries.on</c>).</summary>
    NotNamed,

    /// <summary>All instances have failed this request, and the policy does not try the same instance twice.</summary>
    NoOtherInstance,

    /// <summary>The application requests a longer wait (<c>Retry-After</c>) than the policy allows.</summary>
    WaitTooLong,
}
