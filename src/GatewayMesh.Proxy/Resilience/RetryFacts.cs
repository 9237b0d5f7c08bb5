using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>What is known when an attempt has failed.</summary>
/// <param name="Error">How it failed.</param>
/// <param name="Idempotent">True for a method of RFC 9110 §9.2.2 (see <see cref="Idempotence"/>), or one that the policy lets be sent twice.</param>
/// <param name="BodyReplayable">True when there is no body, or nothing of it has been read, or all that was read is kept.</param>
/// <param name="ResponseStarted">True when a byte of the response has reached the client.</param>
public readonly record struct RetryFacts(MeshError Error, bool Idempotent, bool BodyReplayable, bool ResponseStarted)
{
    /// <summary>The policy does not name this failure among those that are tried again. Default: false.</summary>
    public bool IsUnnamed { get; init; }

    /// <summary>The application answered, with a status that the policy tries again: the request was forwarded, and <see cref="Error"/> is none. Default: false.</summary>
    public bool IsAnswer { get; init; }

    /// <summary>True when an application may have seen the request.</summary>
    public bool Forwarded => IsAnswer || Error.Forwarded;
}
