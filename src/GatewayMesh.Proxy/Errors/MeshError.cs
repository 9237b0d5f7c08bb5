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

    /// <summary>No error.</summary>
    public static MeshError None => default;

    /// <summary>True if this value is an error.</summary>
    public bool IsError => Kind != MeshErrorKind.None;

    /// <summary>
    /// True if the next hop reported that the stream was not processed: REFUSED_STREAM, or a GOAWAY with a lower stream ID (RFC 9113 §8.7).
    /// </summary>
    internal bool IsStreamRefused => Kind == MeshErrorKind.ConnectionRefused && !Forwarded && Details == RetryTriggers.StreamRefused;

    /// <summary>Row of this error in the table.</summary>
    public ErrorRow Row => ErrorTable.Of(Kind);
}
