using GatewayMesh.Proxy.Idempotency.Log;

namespace GatewayMesh.Proxy.Idempotency;

/// <summary>A key in memory: its state, and where its response is kept. Changed within the lock of its store.</summary>
/// <param name="key">The key.</param>
internal sealed class KeyEntry(Digest key)
{
    private TaskCompletionSource? _settled;

    /// <summary>The key.</summary>
    public Digest Key { get; } = key;

    /// <summary>State: running, answered, not kept, or unknown.</summary>
    public KeyState State { get; set; } = KeyState.Running;

    /// <summary>Process of the running request.</summary>
    public ulong Owner { get; set; }

    /// <summary>End of the key's time (timestamp of the clock, which the wall clock cannot move).</summary>
    public long ExpiresAt { get; set; }

    /// <summary>End of the key's time in milliseconds since 1970 UTC, for the log.</summary>
    public long Expiry { get; set; }

    /// <summary>Fingerprint of the request; null if it is not known.</summary>
    public Fingerprint? Print { get; set; }

    /// <summary>Segment of the latest record; null before the first was written.</summary>
    public KeySegment? Segment { get; set; }

    /// <summary>Offset of the kept response in the segment.</summary>
    public long Offset { get; set; }

    /// <summary>Length of the kept response.</summary>
    public int Length { get; set; }

    /// <summary>Checksum of the kept response.</summary>
    public uint Crc { get; set; }

    /// <summary>Claim of this process that is not written yet; null for none.</summary>
    public PendingRecord? Claim { get; set; }

    /// <summary>True once the key was removed.</summary>
    public bool IsGone { get; set; }

    /// <summary>Completes when the running request has ended.</summary>
    public Task Settled => (_settled ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Wakes the requests that wait for this one.</summary>
    public void Settle()
    {
        _settled?.TrySetResult();
        _settled = null;
    }
}
