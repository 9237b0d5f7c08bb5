namespace GatewayMesh.Proxy.Idempotency;

/// <summary>Keys of one service. A key that was claimed is settled exactly once.</summary>
internal interface IKeyStore
{
    /// <summary>Claims a key for a request; the claim is recorded when the task completes.</summary>
    ValueTask<KeyClaim> ClaimAsync(Digest key);

    /// <summary>
    /// Records the outcome of the request that claimed the key: <see cref="KeyState.Answered"/> with the response,
    /// <see cref="KeyState.NotKept"/>, <see cref="KeyState.Unknown"/>, or <see cref="KeyState.Claimed"/> if nothing was forwarded, so that
    /// the key is free again.
    /// </summary>
    /// <returns>False if the outcome could not be recorded.</returns>
    ValueTask<bool> SettleAsync(Digest key, KeyState outcome, Fingerprint? print, ReadOnlyMemory<byte> answer);
}
