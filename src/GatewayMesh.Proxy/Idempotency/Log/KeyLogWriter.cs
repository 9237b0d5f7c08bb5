using System.Buffers;
using GatewayMesh.Configuration.Policies.Idempotency;
using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Idempotency.Log;

/// <summary>Writes groups of records to a log, and keeps log and index within their bounds. Used by the writer thread of a store.</summary>
/// <param name="gate">Lock of the index.</param>
/// <param name="index">The keys.</param>
/// <param name="model">Returns the bounds.</param>
/// <param name="time">The clock.</param>
/// <param name="evicted">Called with the number of keys that were removed before their time.</param>
internal sealed class KeyLogWriter(
    Lock gate, KeyIndex index, Func<IdempotencyModel> model, TimeProvider time, Action<int> evicted) : IDisposable
{
    private const int Segments = 16;
    private const long MinSegment = 64 * 1024;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan FlushAfter = TimeSpan.FromSeconds(1);

    private ArrayBufferWriter<byte> _buffer = new();
    private KeyLog _log = null!;
    private Task _flushing = Task.CompletedTask;
    private long _flushedAt = time.GetTimestamp();
    private bool _isDirty;

    /// <summary>ID of this process.</summary>
    public ulong Owner => _log.Owner;

    /// <summary>
    /// Longest wait for the next group: soon while another process has running requests, whose outcome is only in the log.
    /// </summary>
    public TimeSpan NextTurn => HasForeign ? Poll : _isDirty ? FlushAfter : Timeout.InfiniteTimeSpan;

    private bool HasForeign
    {
        get
        {
            lock (gate)
            {
                return index.Foreign.Count > 0;
            }
        }
    }

    /// <summary>Opens the log and reads it into the index.</summary>
    public void Open(string folder)
    {
        _log = KeyLog.Open(folder, Apply);
        TryResolveForeign();
        lock (gate)
        {
            index.Trim(model().MaxKeys);
        }
    }

    /// <summary>Writes a group and completes its records. Returns false if that failed.</summary>
    public bool TryWrite(List<PendingRecord> group)
    {
        var isWritten = TryAppend(group);
        foreach (var record in group)
        {
            record.Complete(isWritten && !record.IsLost);
        }

        _isDirty |= group.Count > 0;
        TryResolveForeign();
        Flush();
        return isWritten;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _flushing.Wait();
        FlushNow(_log.TakeWritten());
        _log.Dispose();
    }

    private void Apply(in KeyRecord record, KeySegment segment, long payload)
    {
        lock (gate)
        {
            index.Apply(record, segment, payload, model().Ttl);
        }
    }

    // A group that is in the log stays in the index, whatever fails after that.
    private bool TryAppend(List<PendingRecord> group)
    {
        try
        {
            _log.Enter(Apply);
            Append(group);
            TryTrim();
            return true;
        }
        catch (Exception failure) when (IsOfTheDisk(failure))
        {
            Fail(group);
            return false;
        }
        finally
        {
            _log.Leave();
        }
    }

    private void Append(List<PendingRecord> group)
    {
        if (group.Count == 0)
        {
            return;
        }

        Encode(group);
        if (_log.Current.Position + _buffer.WrittenCount > Math.Max(MinSegment, model().MaxBytes / Segments)
            && _log.Current.Position > 0)
        {
            _log.Continue();
        }

        var start = _log.Current.Position;
        _log.Append(_buffer.WrittenSpan);
        Index(group, start);
        _buffer.ResetWrittenCount();
        if (_buffer.Capacity > MinSegment)
        {
            _buffer = new ArrayBufferWriter<byte>();
        }
    }

    private void Encode(List<PendingRecord> group)
    {
        _buffer.ResetWrittenCount();
        foreach (var record in group)
        {
            if (record.IsLost)
            {
                continue;
            }

            record.Head(Owner).Write(_buffer.GetSpan(KeyRecord.Size));
            _buffer.Advance(KeyRecord.Size);
            record.Offset = _buffer.WrittenCount;
            _buffer.Write(record.Payload.Span);
        }
    }

    private void Index(List<PendingRecord> group, long start)
    {
        lock (gate)
        {
            foreach (var record in group)
            {
                if (record.IsLost || record.Entry.IsGone)
                {
                    continue;
                }

                var entry = record.Entry;
                KeyIndex.Move(entry, _log.Current);
                switch (record.Kind)
                {
                    case KeyRecordKind.Begun:
                        entry.Claim = null;
                        break;
                    case KeyRecordKind.Freed:
                        index.Remove(entry);
                        break;
                    default:
                        (entry.Offset, entry.Length, entry.Crc) =
                            (start + record.Offset, record.Payload.Length, KeyRecord.Crc(record.Payload.Span));
                        index.Settle(entry, KeyIndex.OutcomeOf(record.Kind), record.Print);
                        break;
                }
            }
        }
    }

    // A claim that is not written is free. An outcome that is not written holds as long as this process lives; after that it is unknown.
    private void Fail(List<PendingRecord> group)
    {
        lock (gate)
        {
            foreach (var record in group)
            {
                if (record.IsLost || record.Entry.IsGone)
                {
                    continue;
                }

                if (record.Kind is KeyRecordKind.Begun or KeyRecordKind.Freed)
                {
                    index.Remove(record.Entry);
                }
                else
                {
                    index.Settle(record.Entry, record.Kind == KeyRecordKind.Unknown ? KeyState.Unknown : KeyState.NotKept, record.Print);
                }
            }
        }
    }

    // Within the lock of the log.
    private void TryTrim()
    {
        var bounds = model();
        var count = 0;
        lock (gate)
        {
            count = index.Trim(bounds.MaxKeys);
            try
            {
                count += EvictBeyond(bounds.MaxBytes);

                // From the front only: a later segment has the records that end the keys of an earlier one.
                while (_log.Segments.Count > 1 && _log.Segments[0].Live == 0)
                {
                    _log.Delete(_log.Segments[0]);
                }
            }
            catch (Exception failure) when (IsOfTheDisk(failure))
            {
                // The next group tries again to delete the segment.
            }
        }

        if (count > 0)
        {
            evicted(count);
        }
    }

    private int EvictBeyond(long maxBytes)
    {
        var count = 0;
        foreach (var segment in _log.Segments.SkipLast(1).ToList())
        {
            if (_log.Bytes <= maxBytes)
            {
                break;
            }

            count += index.Evict(segment);
            if (segment.Live == 0)
            {
                _log.Delete(segment);
            }
        }

        return count;
    }

    private void TryResolveForeign()
    {
        try
        {
            ResolveForeign();
        }
        catch (Exception failure) when (IsOfTheDisk(failure))
        {
            // The keys of the other process stay as they are until its end can be verified: there may be no free descriptor.
        }
    }

    // A process that has died may have written its outcomes just before.
    private void ResolveForeign()
    {
        var dead = DeadOf(Foreign());
        if (dead.Count == 0)
        {
            return;
        }

        try
        {
            _log.Enter(Apply);
        }
        finally
        {
            _log.Leave();
        }

        lock (gate)
        {
            foreach (var entry in index.Foreign.Where(entry => dead.Contains(entry.Owner)).ToList())
            {
                index.Settle(entry, KeyState.Unknown, entry.Print);
            }
        }
    }

    private List<ulong> Foreign()
    {
        lock (gate)
        {
            return index.Foreign.Count == 0 ? [] : [.. index.Foreign.Select(entry => entry.Owner).Distinct()];
        }
    }

    private HashSet<ulong> DeadOf(List<ulong> owners) => [.. owners.Where(owner => !_log.IsAlive(owner))];

    private static bool IsOfTheDisk(Exception failure) => failure is IOException or LinuxException or UnauthorizedAccessException;

    // On another thread: the disk may be slow, and requests only wait for the page cache.
    private void Flush()
    {
        if (_isDirty && _flushing.IsCompleted && time.GetElapsedTime(_flushedAt) >= FlushAfter)
        {
            (_isDirty, _flushedAt) = (false, time.GetTimestamp());
            var segments = _log.TakeWritten();
            _flushing = Task.Run(() => FlushNow(segments));
        }
    }

    private static void FlushNow(IReadOnlyList<KeySegment> segments)
    {
        foreach (var segment in segments)
        {
            try
            {
                segment.Flush();
            }
            catch (Exception failure) when (failure is IOException or ObjectDisposedException)
            {
                // The next write reports a broken disk; a deleted segment needs no flush.
            }
        }
    }
}
