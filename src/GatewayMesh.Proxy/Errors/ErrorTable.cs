using System.Collections.Frozen;

namespace GatewayMesh.Proxy.Errors;

/// <summary>The single table from cause to HTTP status, gRPC status, <c>Proxy-Status</c>, and reason.</summary>
public static class ErrorTable
{
    // gRPC codes: 1 CANCELLED, 3 INVALID_ARGUMENT, 4 DEADLINE_EXCEEDED, 7 PERMISSION_DENIED, 8 RESOURCE_EXHAUSTED, 10 ABORTED,
    // 12 UNIMPLEMENTED, 13 INTERNAL, 14 UNAVAILABLE, 16 UNAUTHENTICATED.
    // Statuses follow RFC 9209's recommendations, except 404 for an unknown service: to an application, that is an address that does not
    // exist.
    private static readonly ErrorRow[] Rows =
    [
        new(MeshErrorKind.None, 200, 0, "", "", ""),
        new(MeshErrorKind.RequestMalformed, 400, 13, "http_request_error", "request_malformed", "The request is malformed."),
        new(MeshErrorKind.RequestTooLarge, 413, 8, "http_request_error", "request_too_large", "The request body is too large."),
        new(MeshErrorKind.RequestLineTooLong, 414, 8, "http_request_error", "request_line_too_long", "The request line is too long."),
        new(
            MeshErrorKind.RequestFieldsTooLarge,
            431,
            8,
            "http_request_error",
            "request_fields_too_large",
            "The header fields are too many or too large."),
        new(MeshErrorKind.RequestTimeout, 408, 4, "http_request_error", "request_timeout", "The request did not arrive in time."),
        new(MeshErrorKind.MethodNotAllowed, 405, 12, "http_request_error", "method_not_allowed", "The mesh does not support this method."),
        new(
            MeshErrorKind.NotImplemented,
            501,
            12,
            "http_request_error",
            "not_implemented",
            "The mesh cannot forward this request unchanged."),
        new(
            MeshErrorKind.ExpectationFailed,
            417,
            13,
            "http_request_error",
            "expectation_failed",
            "The mesh does not know what the request expects."),
        new(
            MeshErrorKind.VersionNotSupported,
            505,
            12,
            "http_request_error",
            "version_not_supported",
            "The mesh does not support this version of HTTP."),
        new(MeshErrorKind.DestinationNotFound, 404, 12, "destination_not_found", "destination_not_found", "The mesh has no such service."),
        new(
            MeshErrorKind.NoEndpoint,
            503,
            14,
            "destination_unavailable",
            "no_endpoint",
            "The service has no instance.") { RetryLater = true, Retryable = true },
        new(
            MeshErrorKind.NoMatchingRule,
            404,
            12,
            "destination_not_found",
            "no_matching_rule",
            "No rule of the service's routes matches the request."),
        new(
            MeshErrorKind.NoValidBackend,
            500,
            14,
            "destination_not_found",
            "no_valid_backend",
            "The route has no valid backend for the request."),
        new(
            MeshErrorKind.RuleRefused,
            500,
            13,
            "destination_not_found",
            "rule_refused",
            "The rule of the route has a part that the mesh does not support."),
        new(MeshErrorKind.LoopDetected, 502, 13, "proxy_loop_detected", "loop_detected", "The request is in a proxy loop."),
        new(MeshErrorKind.IntentionDenied, 403, 7, "http_request_denied", "intention_denied", "Intentions do not allow this call."),
        new(
            MeshErrorKind.IntentionsUnknown,
            403,
            7,
            "http_request_denied",
            "intentions_unknown",
            "The proxy does not know the intentions yet."),
        new(MeshErrorKind.JwtMissing, 401, 16, "http_request_denied", "jwt_missing", "The request needs a token."),
        new(MeshErrorKind.JwtRefused, 401, 16, "http_request_denied", "jwt_refused", "The token is not accepted."),
        new(MeshErrorKind.JwtInsufficient, 403, 7, "http_request_denied", "jwt_insufficient", "The token lacks a required claim."),
        new(
            MeshErrorKind.ExternalAuthorizationDenied,
            403,
            7,
            "http_request_denied",
            "external_authorization_denied",
            "The authorization service does not allow this request."),
        new(
            MeshErrorKind.ExternalAuthorizationUnavailable,
            503,
            14,
            "http_request_denied",
            "external_authorization_unavailable",
            "The authorization service does not answer.") { RetryLater = true },
        new(
            MeshErrorKind.JwtKeysUnavailable,
            503,
            14,
            "http_request_denied",
            "jwt_keys_unavailable",
            "The keys that verify the token are not available.") { RetryLater = true },
        new(
            MeshErrorKind.Overloaded,
            503,
            14,
            "connection_limit_reached",
            "overloaded",
            "The proxy is at its limit of concurrent requests.") { RetryLater = true, Retryable = true },
        new(
            MeshErrorKind.LimitReached,
            503,
            14,
            "connection_limit_reached",
            "limit_reached",
            "The limit of requests to the service is reached.") { RetryLater = true },
        new(
            MeshErrorKind.RateLimited,
            429,
            8,
            "http_request_denied",
            "rate_limited",
            "A rate limit of the service is used up.") { RetryLater = true },
        new(
            MeshErrorKind.CircuitOpen,
            503,
            14,
            "destination_unavailable",
            "circuit_open",
            "The circuit breaker of the service is open after too many failures.") { RetryLater = true },
        new(
            MeshErrorKind.Shed,
            503,
            14,
            "connection_limit_reached",
            "shed",
            "The remaining capacity is reserved for more important requests.") { RetryLater = true, Retryable = true },
        new(
            MeshErrorKind.ConcurrencyLimited,
            503,
            14,
            "connection_limit_reached",
            "concurrency_limited",
            "The instance is at its concurrency limit.") { RetryLater = true, Retryable = true },
        new(
            MeshErrorKind.Draining,
            503,
            14,
            "proxy_internal_response",
            "draining",
            "The proxy is draining.") { RetryLater = true, Retryable = true },
        new(
            MeshErrorKind.NotConfigured,
            503,
            14,
            "proxy_configuration_error",
            "not_configured",
            "The proxy has no configuration yet.") { RetryLater = true, Retryable = true },
        new(MeshErrorKind.FaultInjected, 503, 14, "proxy_internal_response", "fault_injected", "A fault was injected, as the policy says."),
        new(
            MeshErrorKind.AddressRefused,
            502,
            14,
            "destination_ip_prohibited",
            "address_refused",
            "The registry names an address that the proxy must not dial.") { Retryable = true },
        new(MeshErrorKind.DnsFailed, 502, 14, "dns_error", "dns_failed", "The instance's name could not be resolved.") { Retryable = true },
        new(
            MeshErrorKind.ConnectionRefused,
            502,
            14,
            "connection_refused",
            "connection_refused",
            "The instance refused the connection.") { Retryable = true },
        new(
            MeshErrorKind.ConnectionTimeout,
            504,
            14,
            "connection_timeout",
            "connection_timeout",
            "The instance did not accept the connection in time.") { Retryable = true },
        new(
            MeshErrorKind.HandshakeFailed,
            502,
            14,
            "tls_protocol_error",
            "handshake_failed",
            "The handshake with the instance failed.") { Retryable = true },
        new(
            MeshErrorKind.PeerNotBelieved,
            502,
            14,
            "tls_certificate_error",
            "peer_not_believed",
            "The instance's certificate does not match the intended service.") { Retryable = true },
        new(
            MeshErrorKind.CertificateRefused,
            502,
            14,
            "tls_alert_received",
            "certificate_refused",
            "The instance refused the caller's certificate.") { Retryable = true },
        new(
            MeshErrorKind.NoCertificate,
            503,
            14,
            "proxy_configuration_error",
            "no_certificate",
            "The proxy has no valid certificate for this caller.") { RetryLater = true, Retryable = true },
        new(
            MeshErrorKind.CallerNotBelieved,
            403,
            16,
            "http_request_denied",
            "caller_not_believed",
            "The caller's certificate is no longer valid."),
        new(
            MeshErrorKind.ConnectionReset,
            502,
            14,
            "connection_terminated",
            "connection_reset",
            "The instance closed the connection without a response.") { Retryable = true },
        new(
            MeshErrorKind.ResponseIncomplete,
            502,
            14,
            "http_response_incomplete",
            "response_incomplete",
            "The instance broke off its response.") { Retryable = true },
        new(
            MeshErrorKind.ResponseTimeout,
            504,
            4,
            "http_response_timeout",
            "response_timeout",
            "The instance did not respond in time.") { Retryable = true },
        new(MeshErrorKind.DeadlineExceeded, 504, 4, "http_response_timeout", "deadline_exceeded", "The request's deadline has passed."),
        new(
            MeshErrorKind.UpstreamProtocol,
            502,
            14,
            "http_protocol_error",
            "upstream_protocol",
            "The instance's response is not valid HTTP.") { Retryable = true },
        new(
            MeshErrorKind.IdempotencyConflict,
            409,
            10,
            "http_request_error",
            "idempotency_conflict",
            "An earlier request with this idempotency key has no outcome that can be repeated."),
        new(
            MeshErrorKind.IdempotencyMismatch,
            422,
            3,
            "http_request_error",
            "idempotency_mismatch",
            "The idempotency key belongs to another request."),
        new(
            MeshErrorKind.IdempotencyUnavailable,
            503,
            14,
            "destination_unavailable",
            "idempotency_unavailable",
            "The idempotency keys cannot be read or written.") { RetryLater = true },
        new(MeshErrorKind.ClientGone, 499, 1, "http_request_error", "client_gone", "The client disconnected."),
        new(MeshErrorKind.Internal, 500, 13, "proxy_internal_error", "internal", "The proxy had an internal error."),
    ];

    // Two kinds share http_response_timeout, four destination_not_found, three http_request_denied (RFC 9209 §2.3.17), and seven
    // http_request_error; the first in the table wins.
    private static readonly FrozenDictionary<string, ErrorRow> ByProxyError =
        Rows.Skip(1).DistinctBy(row => row.ProxyError).ToFrozenDictionary(row => row.ProxyError, StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, ErrorRow> ByReason =
        Rows.Skip(1).ToFrozenDictionary(row => row.Reason, StringComparer.Ordinal);

    /// <summary>All rows, in the order of the enum.</summary>
    public static IReadOnlyList<ErrorRow> All => Rows;

    /// <summary>Returns the row of <paramref name="kind"/>; an undefined kind counts as <see cref="MeshErrorKind.Internal"/>.</summary>
    public static ErrorRow Of(MeshErrorKind kind) => (uint)kind < (uint)Rows.Length ? Rows[(int)kind] : Rows[^1];

    /// <summary>
    /// Returns the kind for a peer's RFC 9209 error type and the status of its response, which distinguishes kinds with the same type.
    /// </summary>
    /// <param name="proxyError">RFC 9209 error type.</param>
    /// <param name="status">HTTP status of the response.</param>
    /// <param name="grpcStatus">gRPC status of the response, which takes precedence; negative if there is none.</param>
    public static MeshErrorKind KindOf(string proxyError, int status, int grpcStatus)
    {
        foreach (var row in Rows)
        {
            if (row.ProxyError == proxyError && (grpcStatus >= 0 ? row.Grpc == grpcStatus : row.Status == status))
            {
                return row.Kind;
            }
        }

        return KindOf(proxyError);
    }

    /// <summary>
    /// Returns the kind for a peer's RFC 9209 error type; <see cref="MeshErrorKind.Internal"/> for a type that we never send.
    /// </summary>
    public static MeshErrorKind KindOf(string proxyError) =>
        ByProxyError.TryGetValue(proxyError, out var row) ? row.Kind : MeshErrorKind.Internal;

    /// <summary>
    /// Returns the kind that a peer's reason names; <see cref="MeshErrorKind.None"/> if there is none, or one that is unknown or has
    /// another type.
    /// </summary>
    /// <param name="reason">Reason; null if the peer sent none.</param>
    /// <param name="proxyError">RFC 9209 error type of the response.</param>
    public static MeshErrorKind Named(string? reason, string proxyError) =>
        reason is not null && ByReason.TryGetValue(reason, out var row) && row.ProxyError == proxyError ? row.Kind : MeshErrorKind.None;
}
