namespace GatewayMesh.Proxy.Idempotency;

/// <summary>Outcome of a request with a key: the tag <c>outcome</c> of <c>gatewaymesh_idempotency_total</c>.</summary>
internal enum IdempotencyOutcome
{
    /// <summary>The request was the first with its key, and its response is kept.</summary>
    Executed,

    /// <summary>The request was the first with its key, and its response is too large to be kept.</summary>
    TooLarge,

    /// <summary>The request was the first with its key, and its outcome is unknown.</summary>
    Unknown,

    /// <summary>The request was the first with its key, and was not forwarded: the key is free again.</summary>
    Freed,

    /// <summary>The kept response was sent.</summary>
    Replayed,

    /// <summary>Refused: the outcome of the first request is unknown or not kept, or the first is still running.</summary>
    Conflict,

    /// <summary>Refused: the request differs from the first with its key.</summary>
    Mismatch,

    /// <summary>Refused: the keys cannot be read or written.</summary>
    Unavailable,

    /// <summary>A key was removed before its time, because there were too many.</summary>
    Evicted,
}
