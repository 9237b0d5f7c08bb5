using System.Diagnostics.CodeAnalysis;
using GatewayMesh.Configuration.Policies.Idempotency;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Idempotency.Log;

namespace GatewayMesh.Proxy.Idempotency;

/// <summary>
/// Keys of one service on the disk of this node:
/// <code>
/// claim, outcome ─► queue ─► writer thread: lock · read what others wrote · one write for the whole group · unlock ─► requests continue
/// </code>
/// A record is in the page cache before its request continues, so that it survives the end of the process at any moment. Once a second the
/// log is also written to the disk itself; a loss of power can lose that second. Only the writer thread touches the disk, except for reads
/// of kept responses.
/// </summary>
[SuppressMessage("Design", "CA2213", Justification = "Another thread may still set the event.")]
internal sealed class EmbeddedKeyStore : IKeyStore, IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly AutoResetEvent _work = new(false);
    private readonly string _folder;
    private readonly KeyIndex _index;
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly KeyLogWriter _writer;
    private readonly Thread _thread;
    private List<PendingRecord> _queue = [];
    private IdempotencyModel _model;
    private bool _isOpen;
    private bool _isFailing;
    private bool _isStopped;

    /// <summary>Creates the store and starts to read its log.</summary>
    /// <param name="folder">Folder of the log.</param>
    /// <param name="model">Bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="evicted">Called with the number of keys that were removed before their time.</param>
    public EmbeddedKeyStore(string folder, IdempotencyModel model, TimeProvider time, Action<int> evicted)
    {
        (_folder, _model) = (folder, model);
        _index = new KeyIndex(time);
        _writer = new KeyLogWriter(_gate, _index, () => Volatile.Read(ref _model), time, evicted);
        _thread = new Thread(Run) { IsBackground = true, Name = "mesh-keys" };
        _thread.Start();
    }

    /// <summary>Number of keys.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _index.Count;
            }
        }
    }

    /// <summary>Applies new bounds.</summary>
    public void Declare(IdempotencyModel model) => Volatile.Write(ref _model, model);

    /// <inheritdoc/>
    public async ValueTask<KeyClaim> ClaimAsync(Digest key)
    {
        while (true)
        {
            await _opened.Task.ConfigureAwait(false);
            if (!Volatile.Read(ref _isOpen))
            {
                return new KeyClaim(KeyState.Unavailable);
            }

            KeyEntry? entry;
            PendingRecord? claim = null;
            lock (_gate)
            {
                entry = _index.Find(key);
                if (entry?.State == KeyState.Running)
                {
                    return new KeyClaim(KeyState.Running) { Settled = entry.Settled };
                }

                // While the disk is full, kept responses can still be read.
                if (entry is null && !_isStopped && !Volatile.Read(ref _isFailing))
                {
                    var added = _index.Add(key, _writer.Owner, _model.Ttl);
                    added.Claim = claim = new PendingRecord(KeyRecordKind.Begun, added, null, default);
                    _queue.Add(claim);
                }
            }

            if (entry is not null)
            {
                return await ReadAsync(entry).ConfigureAwait(false);
            }

            if (claim is null)
            {
                return new KeyClaim(KeyState.Unavailable);
            }

            _ = _work.Set();
            if (await claim.Written.ConfigureAwait(false))
            {
                return new KeyClaim(KeyState.Claimed);
            }

            if (!claim.IsLost)
            {
                return new KeyClaim(KeyState.Unavailable);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> SettleAsync(Digest key, KeyState outcome, Fingerprint? print, ReadOnlyMemory<byte> answer)
    {
        PendingRecord record;
        lock (_gate)
        {
            if (_isStopped || _index.Find(key) is not { State: KeyState.Running, Claim: null } entry || entry.Owner != _writer.Owner)
            {
                return false;
            }

            var kind = outcome switch
            {
                KeyState.Answered => KeyRecordKind.Answered,
                KeyState.NotKept => KeyRecordKind.NotKept,
                KeyState.Claimed => KeyRecordKind.Freed,
                _ => KeyRecordKind.Unknown,
            };
            record = new PendingRecord(kind, entry, print, answer);
            _queue.Add(record);
        }

        _ = _work.Set();
        return await record.Written.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isStopped)
            {
                return;
            }

            _isStopped = true;
        }

        _ = _work.Set();
        _ = _thread.Join(MaxWait); // a broken disk must not hold up the end of the process
    }

    private static async Task<KeyClaim> ReadAsync(KeyEntry entry)
    {
        if (entry is not { State: KeyState.Answered, Segment: { } segment })
        {
            return new KeyClaim(entry.State == KeyState.Answered ? KeyState.NotKept : entry.State) { Print = entry.Print };
        }

        var (offset, length, crc, print) = (entry.Offset, entry.Length, entry.Crc, entry.Print);
        var bytes = await Task.Run(() => Read(segment, offset, length)).ConfigureAwait(false);
        return bytes is not null && KeyRecord.Crc(bytes) == crc
            ? new KeyClaim(KeyState.Answered) { Print = print, Answer = bytes }
            : new KeyClaim(KeyState.NotKept) { Print = print };
    }

    private static byte[]? Read(KeySegment segment, long offset, int length)
    {
        try
        {
            var bytes = new byte[length];
            return segment.Read(offset, bytes) == length ? bytes : null;
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            return null; // evicted meanwhile
        }
    }

    private void Run()
    {
        while (!TryOpen())
        {
            if (_isStopped)
            {
                return;
            }

            _ = _work.WaitOne(RetryAfter);
        }

        using (_writer)
        {
            while (true)
            {
                _ = _work.WaitOne(_isFailing ? RetryAfter : _writer.NextTurn);
                List<PendingRecord> group;
                bool isLast;
                lock (_gate)
                {
                    isLast = _isStopped;
                    (group, _queue) = (_queue, []);
                }

                Volatile.Write(ref _isFailing, !_writer.TryWrite(group));
                if (isLast)
                {
                    return;
                }
            }
        }
    }

    private bool TryOpen()
    {
        try
        {
            _writer.Open(_folder);
            Volatile.Write(ref _isOpen, true);
        }
        catch (Exception failure) when (failure is IOException or LinuxException or UnauthorizedAccessException)
        {
            // The next try may succeed.
        }

        _opened.TrySetResult();
        return _isOpen;
    }
}
