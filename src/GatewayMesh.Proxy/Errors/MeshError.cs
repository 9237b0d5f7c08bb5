using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Errors;

/// <summary>An error as a value: what went wrong, and whether somebody else may already have seen the request.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="Forwarded">True when a byte of the request may have left towards the next hop. Only false permits the replay of a request that is not idempotent.</param>
/// <param name="Details">A few words for people, or null. They leave the process: no secrets. Default: null.</param>
public readonly record struct MeshError(MeshErrorKind Kind, bool Forwarded = false, string? Details = null)
{
    /// <summary>Details of <see cref="MeshErrorKind.ConnectionRefused"/> when this process or machine has no socket or port left.</summary>
    public const string OutOfSockets = "out of sockets";

    /// <summary>When trying again may help, where that is known; zero: a second. Default: zero.</summary>
    public TimeSpan RetryAfter { get; init; }

    /// <summary>No error.</summary>
    public static MeshError None => default;

    /// <summary>True when this is an error at all.</summary>
    public bool IsError => Kind != MeshErrorKind.None;

    /// <summary>True when the next hop has said of the stream that it did nothing with the request: REFUSED_STREAM, or GOAWAY below it (RFC 9113 §8.7).</summary>
    internal bool IsStreamRefused => Kind == MeshErrorKind.ConnectionRefused && !Forwarded && Details == RetryTriggers.StreamRefused;

    /// <summary>Its row in the table.</summary>
    public ErrorRow Row => ErrorTable.Of(Kind);
}
