namespace GatewayMesh.Proxy.Idempotency;

/// <summary>Result of claiming a key.</summary>
/// <param name="State">State of the key.</param>
internal readonly record struct KeyClaim(KeyState State)
{
    /// <summary>Fingerprint of the request that has run; null if it is not known.</summary>
    public Fingerprint? Print { get; init; }

    /// <summary>Kept response; empty unless the key is <see cref="KeyState.Answered"/>.</summary>
    public ReadOnlyMemory<byte> Answer { get; init; }

    /// <summary>Completes when a running request has ended; null unless the key is <see cref="KeyState.Running"/>.</summary>
    public Task? Settled { get; init; }
}
