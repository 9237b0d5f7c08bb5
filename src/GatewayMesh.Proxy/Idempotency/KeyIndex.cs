using GatewayMesh.Configuration.Policies.Idempotency;
using GatewayMesh.Proxy.Idempotency.Log;

namespace GatewayMesh.Proxy.Idempotency;

/// <summary>
/// The keys of one service in memory, bounded in number and time. The oldest go first; a running one stays. Used within the lock of its
/// store.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class KeyIndex(TimeProvider time)
{
    private readonly Dictionary<Digest, KeyEntry> _entries = [];
    private readonly Queue<KeyEntry> _order = new();
    private readonly HashSet<KeyEntry> _foreign = [];

    /// <summary>Number of keys.</summary>
    public int Count => _entries.Count;

    /// <summary>Keys whose requests run in another process.</summary>
    public IReadOnlyCollection<KeyEntry> Foreign => _foreign;

    /// <summary>Returns a key; null if it is free.</summary>
    public KeyEntry? Find(Digest key)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            return null;
        }

        if (entry.State != KeyState.Running && entry.ExpiresAt <= time.GetTimestamp())
        {
            Remove(entry);
            return null;
        }

        return entry;
    }

    /// <summary>Adds a key of a running request.</summary>
    public KeyEntry Add(Digest key, ulong owner, TimeSpan left)
    {
        var entry = new KeyEntry(key)
        {
            Owner = owner,
            ExpiresAt = time.GetTimestamp() + (long)(left.TotalSeconds * time.TimestampFrequency),
            Expiry = (time.GetUtcNow() + left).ToUnixTimeMilliseconds(),
        };
        _entries.Add(key, entry);
        _order.Enqueue(entry);
        return entry;
    }

    /// <summary>Removes a key.</summary>
    public void Remove(KeyEntry entry)
    {
        if (!entry.IsGone)
        {
            entry.IsGone = true;
            _entries.Remove(entry.Key);
            _foreign.Remove(entry);
            Move(entry, null);
            entry.Settle();
        }
    }

    /// <summary>Records that the latest record of a key is in <paramref name="segment"/>.</summary>
    public static void Move(KeyEntry entry, KeySegment? segment)
    {
        if (entry.Segment is { } before)
        {
            before.Live--;
        }

        entry.Segment = segment;
        if (segment is not null)
        {
            segment.Live++;
        }
    }

    /// <summary>Records the outcome of a request, and tells those that wait for it.</summary>
    public void Settle(KeyEntry entry, KeyState state, Fingerprint? print)
    {
        (entry.State, entry.Print) = (state, print);
        _foreign.Remove(entry);
        entry.Settle();
    }

    /// <summary>Applies a record that another process has written.</summary>
    /// <param name="record">The record.</param>
    /// <param name="segment">Segment of the record.</param>
    /// <param name="payload">Offset of its payload.</param>
    /// <param name="longest">Longest time of a key: a wall clock that was set back must not keep keys for longer.</param>
    public void Apply(in KeyRecord record, KeySegment segment, long payload, TimeSpan longest)
    {
        var entry = _entries.GetValueOrDefault(record.Key);
        var left = DateTimeOffset.FromUnixTimeMilliseconds(record.Expiry) - time.GetUtcNow();
        if (record.Kind == KeyRecordKind.Freed || left <= TimeSpan.Zero)
        {
            if (entry is { Claim: null })
            {
                Remove(entry);
            }

            return;
        }

        if (record.Kind == KeyRecordKind.Begun && entry is not null)
        {
            // This process had a claim, or an earlier request of the key whose time was over: the new one has a time of its own.
            entry.Claim?.IsLost = true;
            Remove(entry);
            entry = null;
        }

        entry ??= Add(record.Key, record.Owner, left < longest ? left : longest);
        Move(entry, segment);
        if (record.Kind == KeyRecordKind.Begun)
        {
            entry.Print = record.Print;
            _foreign.Add(entry);
            return;
        }

        (entry.Offset, entry.Length, entry.Crc) = (payload, record.PayloadLength, record.PayloadCrc);
        Settle(entry, OutcomeOf(record.Kind), record.Print);
    }

    /// <summary>Removes what is too old or too many. Returns the number of keys that had time left.</summary>
    public int Trim(int most)
    {
        var evicted = 0;
        var now = time.GetTimestamp();
        for (var round = _order.Count; round > 0 && _order.TryPeek(out var oldest); round--)
        {
            var isOver = oldest.ExpiresAt <= now;
            if (!oldest.IsGone && !isOver && Count <= most)
            {
                break;
            }

            _order.Dequeue();
            if (oldest.IsGone)
            {
                continue;
            }

            if (oldest.State == KeyState.Running)
            {
                _order.Enqueue(oldest);
                continue;
            }

            evicted += isOver ? 0 : 1;
            Remove(oldest);
        }

        return evicted;
    }

    /// <summary>Removes the keys of a segment, except running ones. Returns their number.</summary>
    public int Evict(KeySegment segment)
    {
        var gone = _entries.Values.Where(entry => entry.Segment == segment && entry.State != KeyState.Running).ToList();
        gone.ForEach(Remove);
        return gone.Count;
    }

    /// <summary>Returns the state that a record leaves a key in.</summary>
    public static KeyState OutcomeOf(KeyRecordKind kind) => kind switch
    {
        KeyRecordKind.Answered => KeyState.Answered,
        KeyRecordKind.NotKept => KeyState.NotKept,
        _ => KeyState.Unknown,
    };
}
