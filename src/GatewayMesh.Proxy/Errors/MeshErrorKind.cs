namespace GatewayMesh.Proxy.Errors;

/// <summary>
/// Causes of mesh errors. Each kind has one row in <see cref="ErrorTable"/>; the row's reason is the metric tag and the log word.
/// </summary>
public enum MeshErrorKind
{
    /// <summary>No error.</summary>
    None,

    /// <summary>The request violates RFC 9112, or a peer's mesh header is malformed.</summary>
    RequestMalformed,

    /// <summary>The body is larger than the listener allows.</summary>
    RequestTooLarge,

    /// <summary>The request line is longer than the listener allows (<c>limits.maxRequestLineSize</c>).</summary>
    RequestLineTooLong,

    /// <summary>The request has more or larger header fields than the listener allows.</summary>
    RequestFieldsTooLarge,

    /// <summary>The client did not send the complete request in time.</summary>
    RequestTimeout,

    /// <summary>The mesh does not support the method (CONNECT).</summary>
    MethodNotAllowed,

    /// <summary>
    /// This proxy cannot forward the request unchanged: a method in the wrong letter case, a transfer coding, or an upgrade protocol.
    /// </summary>
    NotImplemented,

    /// <summary>The request expects something other than <c>100-continue</c>.</summary>
    ExpectationFailed,

    /// <summary>The request has a major version of HTTP other than that of its connection.</summary>
    VersionNotSupported,

    /// <summary>No service has the requested name.</summary>
    DestinationNotFound,

    /// <summary>The service is known but has no instance.</summary>
    NoEndpoint,

    /// <summary>The service has routes, and none of their rules matches the request.</summary>
    NoMatchingRule,

    /// <summary>The rule of the route has no backend, or the chosen backend does not exist or may not be called.</summary>
    NoValidBackend,

    /// <summary>The rule of the route has a part that the mesh does not support.</summary>
    RuleRefused,

    /// <summary>The request has passed more proxies than allowed.</summary>
    LoopDetected,

    /// <summary>Intentions do not allow the caller to make this request.</summary>
    IntentionDenied,

    /// <summary>The intentions have not been read yet; until then all calls are denied.</summary>
    IntentionsUnknown,

    /// <summary>The request has no token (<c>jwt</c>, RFC 6750 §3).</summary>
    JwtMissing,

    /// <summary>The token is malformed, expired, or not signed by an accepted issuer.</summary>
    JwtRefused,

    /// <summary>The token lacks a required claim.</summary>
    JwtInsufficient,

    /// <summary>The authorization service of the policy (<c>externalAuthorization</c>) refused the request.</summary>
    ExternalAuthorizationDenied,

    /// <summary>The authorization service did not answer, so the request is refused.</summary>
    ExternalAuthorizationUnavailable,

    /// <summary>The keys of the token's issuer cannot be read, so the token is not verified.</summary>
    JwtKeysUnavailable,

    /// <summary>This process is at its limit of concurrent requests.</summary>
    Overloaded,

    /// <summary>The requests, connections, or waiting requests of this process to the service are at their limit.</summary>
    LimitReached,

    /// <summary>A rate limit of the service has no tokens left for the request.</summary>
    RateLimited,

    /// <summary>The circuit breaker of the service is open because of recent failures.</summary>
    CircuitOpen,

    /// <summary>The remaining capacity is reserved for more critical requests.</summary>
    Shed,

    /// <summary>The instance is at the concurrency limit beyond which it becomes slow.</summary>
    ConcurrencyLimited,

    /// <summary>This process is shutting down and accepts no new requests.</summary>
    Draining,

    /// <summary>This process has no configuration yet.</summary>
    NotConfigured,

    /// <summary>A fault was injected that aborts the request (<c>faults</c> of the policy).</summary>
    FaultInjected,

    /// <summary>
    /// The registry names an address that this node must not dial (<see cref="GatewayMesh.Configuration.Reach.ReachRules"/>).
    /// </summary>
    AddressRefused,

    /// <summary>The instance's name could not be resolved.</summary>
    DnsFailed,

    /// <summary>The instance refused the connection, or the host or network is unreachable.</summary>
    ConnectionRefused,

    /// <summary>The instance did not accept the connection in time.</summary>
    ConnectionTimeout,

    /// <summary>The handshake with the instance failed, or the instance does not accept our certificate.</summary>
    HandshakeFailed,

    /// <summary>The instance's certificate is not valid, or belongs to another service.</summary>
    PeerNotBelieved,

    /// <summary>The instance refused the caller's certificate or its absence (a fatal TLS alert) and did not read the request.</summary>
    CertificateRefused,

    /// <summary>This process has no valid certificate for the caller.</summary>
    NoCertificate,

    /// <summary>The caller's certificate or its root is no longer valid: the connection has outlived it.</summary>
    CallerNotBelieved,

    /// <summary>The instance closed or reset the connection before the response started.</summary>
    ConnectionReset,

    /// <summary>The instance broke off in the middle of the response.</summary>
    ResponseIncomplete,

    /// <summary>The instance did not start its response within the policy's timeout.</summary>
    ResponseTimeout,

    /// <summary>The deadline of the request over all attempts and hops has passed.</summary>
    DeadlineExceeded,

    /// <summary>The response is not HTTP, or not a permitted form of HTTP.</summary>
    UpstreamProtocol,

    /// <summary>
    /// The outcome of an earlier request with the same idempotency key is unknown, or was not kept, or that request is still running.
    /// </summary>
    IdempotencyConflict,

    /// <summary>The request has the idempotency key of another request.</summary>
    IdempotencyMismatch,

    /// <summary>The idempotency keys cannot be read or written, so that the request might run twice.</summary>
    IdempotencyUnavailable,

    /// <summary>The client disconnected before the response was complete. Never written, only counted.</summary>
    ClientGone,

    /// <summary>An internal fault of the proxy.</summary>
    Internal,
}
