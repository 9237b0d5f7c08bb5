namespace GatewayMesh.Proxy.Idempotency.Log;

/// <summary>A record that waits to be written.</summary>
/// <param name="kind">Kind of the record.</param>
/// <param name="entry">The key.</param>
/// <param name="print">Fingerprint of the request; null if it is not known.</param>
/// <param name="payload">Payload.</param>
internal sealed class PendingRecord(KeyRecordKind kind, KeyEntry entry, Fingerprint? print, ReadOnlyMemory<byte> payload)
{
    private readonly TaskCompletionSource<bool> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Kind of the record.</summary>
    public KeyRecordKind Kind => kind;

    /// <summary>The key.</summary>
    public KeyEntry Entry => entry;

    /// <summary>Fingerprint of the request.</summary>
    public Fingerprint? Print => print;

    /// <summary>Payload.</summary>
    public ReadOnlyMemory<byte> Payload => payload;

    /// <summary>Location of the payload from the start of the group that is being written.</summary>
    public int Offset { get; set; }

    /// <summary>True for a claim that another process made first; the record is not written.</summary>
    public bool IsLost { get; set; }

    /// <summary>True once written; false if that failed.</summary>
    public Task<bool> Written => _written.Task;

    /// <summary>Completes the record.</summary>
    public void Complete(bool written) => _written.TrySetResult(written);

    /// <summary>Returns the head of the record.</summary>
    /// <param name="owner">ID of this process.</param>
    public KeyRecord Head(ulong owner) => new(kind, entry.Key)
    {
        Owner = owner,
        Expiry = entry.Expiry,
        Print = print,
        PayloadLength = payload.Length,
        PayloadCrc = KeyRecord.Crc(payload.Span),
    };
}
