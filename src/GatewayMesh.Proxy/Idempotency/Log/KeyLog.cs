using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Idempotency.Log;

/// <summary>
/// An append-only log of keys in a folder, shared by the workers of a node: an old worker that drains and a new one that serves.
/// <code>
/// lock             taken for each group of records: the order of the records decides which of two workers has a key
/// owner-ID         locked by a process for its whole life: keys that a dead one had begun have an unknown outcome
/// 00000001.log …   segments of records, each with checksums. A segment is deleted once no key needs it; nothing is rewritten
/// </code>
/// Within the lock each process first reads what others have written, so that all of them know the same keys. An incomplete record at the
/// end was never acknowledged, and is dropped. Used by one thread.
/// </summary>
internal sealed class KeyLog : IDisposable
{
    private readonly string _folder;
    private readonly Action<string> _syncFolder;
    private readonly AdvisoryLock _lock;
    private readonly List<KeySegment> _segments = [];
    private readonly HashSet<KeySegment> _written = [];
    private readonly LogOwners _owners;
    private readonly byte[] _buffer = new byte[64 * 1024];

    private KeyLog(string folder, AdvisoryLock @lock, Action<string> syncFolder)
    {
        (_folder, _lock, _syncFolder) = (folder, @lock, syncFolder);
        _owners = new LogOwners(folder);
    }

    /// <summary>Called for each record that another process has written, in order.</summary>
    public delegate void Reader(in KeyRecord record, KeySegment segment, long payload);

    /// <summary>ID of this process.</summary>
    public ulong Owner => _owners.Self;

    /// <summary>Segment that is written.</summary>
    public KeySegment Current => _segments[^1];

    /// <summary>Bytes of all segments.</summary>
    public long Bytes => _segments.Sum(segment => segment.Position);

    /// <summary>Segments in order.</summary>
    public IReadOnlyList<KeySegment> Segments => _segments;

    /// <summary>Opens the log and reads it.</summary>
    /// <param name="folder">Folder of the log; created with mode 0700.</param>
    /// <param name="read">Receives the records.</param>
    /// <param name="syncFolder">Syncs the entries of a folder. Default: <see cref="FolderEntries.Sync"/>.</param>
    public static KeyLog Open(string folder, Reader read, Action<string>? syncFolder = null)
    {
        PrivateFolder.Create(folder);
        var log = new KeyLog(folder, AdvisoryLock.Open(Path.Combine(folder, "lock"), create: true)!, syncFolder ?? FolderEntries.Sync);
        try
        {
            log._lock.Take();
            log._owners.Enter();
            var numbers = KeySegment.NumbersIn(folder);
            log._segments.AddRange(
                (numbers.Count == 0 ? [1] : numbers).Select(log.Segment));
            var continues = false;
            foreach (var segment in log._segments)
            {
                continues = log.Read(segment, read);
            }

            if (continues)
            {
                // The process that wrote this died, or could not create the next segment.
                log._segments.Add(log.Segment(log.Current.Number + 1));
            }

            log.Current.Truncate();
            log._lock.Release();
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>True if the process of a record is running. False is final.</summary>
    public bool IsAlive(ulong owner) => _owners.IsAlive(owner);

    /// <summary>Takes the lock and reads what other processes have written.</summary>
    public void Enter(Reader read)
    {
        _lock.Take();
        while (true)
        {
            var segment = Current;
            if (segment.Length > segment.Position && Read(segment, read))
            {
                _segments.Add(Segment(After(segment.Number)));
                continue;
            }

            if (segment.Length > segment.Position)
            {
                segment.Truncate();
            }

            return;
        }
    }

    /// <summary>Releases the lock.</summary>
    public void Leave() => _lock.Release();

    /// <summary>Appends records. Within the lock.</summary>
    /// <exception cref="IOException">The records could not be written; none of them counts.</exception>
    public void Append(ReadOnlySpan<byte> records)
    {
        var before = Current.Position;
        try
        {
            Current.Append(records);
            _ = _written.Add(Current);
        }
        catch (IOException)
        {
            GoBackTo(before);
            throw;
        }
    }

    /// <summary>Continues the log in a new segment. Within the lock. If that fails, the log still ends in the current one.</summary>
    public void Continue()
    {
        Span<byte> end = stackalloc byte[KeyRecord.Size];
        new KeyRecord(KeyRecordKind.Continued, default) { Owner = Owner }.Write(end);
        var before = Current.Position;
        Append(end);
        try
        {
            _segments.Add(Segment(Current.Number + 1));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            GoBackTo(before);
            throw;
        }
    }

    /// <summary>Returns the segments that this process has written since the last call: they may not be on the disk itself yet.</summary>
    public IReadOnlyList<KeySegment> TakeWritten()
    {
        KeySegment[] written = [.. _written];
        _written.Clear();
        return written;
    }

    /// <summary>Deletes a segment that no key needs. Within the lock.</summary>
    public void Delete(KeySegment segment)
    {
        File.Delete(segment.Path);
        _segments.Remove(segment);
        _written.Remove(segment);
        segment.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var segment in _segments)
        {
            segment.Dispose();
        }

        _owners.Dispose();
        _lock.Dispose();
    }

    private KeySegment Segment(int number) => KeySegment.Open(_folder, number, _syncFolder);

    // If the file cannot be cut, the next one to enter the log reads or cuts what is behind the position.
    private void GoBackTo(long position)
    {
        Current.Position = position;
        Current.Truncate();
    }

    // Another process may have deleted segments in between.
    private int After(int number) => KeySegment.NumbersIn(_folder).FirstOrDefault(each => each > number, number + 1);

    // True if the log continues in another segment; the position is then in front of the record that says so, which is read again if that
    // segment cannot be opened.
    private bool Read(KeySegment segment, Reader read)
    {
        var length = segment.Length;
        var (start, count) = (0L, 0); // of the bytes in the buffer
        while (true)
        {
            if (segment.Position < start || segment.Position + KeyRecord.Size > start + count)
            {
                (start, count) = (segment.Position, segment.Read(segment.Position, _buffer));
            }

            if (!KeyRecord.TryRead(_buffer.AsSpan((int)(segment.Position - start), (int)(start + count - segment.Position)), out var record)
                || segment.Position + KeyRecord.Size + record.PayloadLength > length)
            {
                return false;
            }

            if (record.Kind == KeyRecordKind.Continued)
            {
                return true;
            }

            var payload = segment.Position + KeyRecord.Size;
            segment.Position = payload + record.PayloadLength;
            read(record, segment, payload);
        }
    }
}
