using GatewayMesh.Proxy.RateLimiting;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Errors;

/// <summary>An error as a value: the cause, and whether another process may already have seen the request.</summary>
/// <param name="Kind">Cause of the error.</param>
/// <param name="Forwarded">True if a byte of the request may have left for the next hop. Only false permits a replay of a non-idempotent
/// request.</param>
/// <param name="Details">Short description for humans, or null. Leaves the process, so contains no secrets. Default: null.</param>
public readonly record struct MeshError(MeshErrorKind Kind, bool Forwarded = false, string? Details = null)
{
    /// <summary>
    /// Details of <see cref="MeshErrorKind.ConnectionRefused"/> if this process or machine has run out of sockets or ports.
    /// </summary>
    public const string OutOfSockets = "out of sockets";

    /// <summary>Time until a retry may help, if known; zero means one second. Default: zero.</summary>
    public TimeSpan RetryAfter { get; init; }

    /// <summary>The limit of <see cref="MeshErrorKind.RateLimited"/>; null for other kinds and if a peer refused. Default: null.</summary>
    public RateLimitRefusal? RateLimit { get; init; }

    /// <summary>
    /// The peer's own kind, if several kinds have the error type of its response; <see cref="Kind"/>, by which this node decides about
    /// retries and instances, is then one for all of the type. Default: none.
    /// </summary>
    internal MeshErrorKind Named { get; init; }

    /// <summary>Kind that responses, logs, metrics, and spans show: that of the proxy where the error arose.</summary>
    public MeshErrorKind Shown => Named == MeshErrorKind.None ? Kind : Named;

    /// <summary>No error.</summary>
    public static MeshError None => default;

    /// <summary>True if this value is an error.</summary>
    public bool IsError => Kind != MeshErrorKind.None;

    /// <summary>
    /// True if the next hop reported that the stream was not processed: REFUSED_STREAM, or a GOAWAY with a lower stream ID (RFC 9113 §8.7).
    /// </summary>
    internal bool IsStreamRefused => Kind == MeshErrorKind.ConnectionRefused && !Forwarded && Details == RetryTriggers.StreamRefused;

    /// <summary>Row of <see cref="Shown"/> in the table.</summary>
    public ErrorRow Row => ErrorTable.Of(Shown);

    /// <summary>True if another instance or another route may succeed.</summary>
    internal bool IsRetryable => ErrorTable.Of(Kind).Retryable;
}
