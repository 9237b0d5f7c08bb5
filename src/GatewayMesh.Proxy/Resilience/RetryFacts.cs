using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>Facts about a failed attempt.</summary>
/// <param name="Error">Error of the attempt.</param>
/// <param name="Idempotent">True for a method of RFC 9110 §9.2.2 (see <see cref="Idempotence"/>), or one that the policy allows to be sent
/// twice.</param>
/// <param name="BodyReplayable">True if there is no body, none of the body has been read, or all bytes read are buffered.</param>
/// <param name="ResponseStarted">True if a byte of the response has reached the client.</param>
public readonly record struct RetryFacts(MeshError Error, bool Idempotent, bool BodyReplayable, bool ResponseStarted)
{
    /// <summary>True if the policy does not retry this kind of failure. Default: false.</summary>
    public bool IsUnnamed { get; init; }

    /// <summary>
    /// True if the application responded with a status that the policy retries: the request was forwarded, and <see cref="Error"/> is none.
    /// Default: false.
    /// </summary>
    public bool IsAnswer { get; init; }

    /// <summary>True if an application may have seen the request.</summary>
    public bool Forwarded => IsAnswer || Error.Forwarded;
}
