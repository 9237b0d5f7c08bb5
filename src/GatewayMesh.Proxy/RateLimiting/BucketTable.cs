using System.Collections.Concurrent;

namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>
/// Token buckets of one limit by key. A request of a known key takes no lock. The queue has the buckets in the order of their use as of
/// the time they entered it; a bucket that was used since is moved to the end when it reaches the front.
/// </summary>
internal sealed class BucketTable
{
    // Bounds the work of one request: of the first 64, the least recently used bucket is evicted.
    private const int MaxLooks = 64;

    private readonly ConcurrentDictionary<UInt128, TokenBucket> _buckets = new();
    private readonly ConcurrentQueue<TokenBucket> _queue = new();
    private readonly BucketRoom _room;
    private int _count;
    private volatile bool _isClosed;

    public BucketTable(BucketRoom room)
    {
        _room = room;
        room.Add(this);
    }

    /// <summary>Number of buckets.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Buckets, in no order. Others may be added and removed meanwhile.</summary>
    public IEnumerable<TokenBucket> Buckets
    {
        get
        {
            foreach (var (_, bucket) in _buckets)
            {
                yield return bucket;
            }
        }
    }

    /// <summary>Returns the bucket of <paramref name="key"/>, a full one for a new key.</summary>
    public TokenBucket Of(UInt128 key, long now)
    {
        if (!_buckets.TryGetValue(key, out var bucket))
        {
            bucket = Add(key, now);
        }

        bucket.Touch(now);
        return bucket;
    }

    /// <summary>Evicts the least recently used bucket; false if there is none.</summary>
    public bool TryEvict()
    {
        TokenBucket? oldest = null;
        for (var look = 0; look < MaxLooks && _queue.TryDequeue(out var bucket); look++)
        {
            var isUnused = bucket.UsedAt == bucket.QueuedAt;
            if (oldest is null || bucket.UsedAt < oldest.UsedAt)
            {
                (oldest, bucket) = (bucket, oldest);
            }

            if (bucket is not null)
            {
                Enqueue(bucket);
            }

            if (isUnused)
            {
                break; // all behind it entered the queue later
            }
        }

        if (oldest is null || !_buckets.TryRemove(KeyValuePair.Create(oldest.Key, oldest)))
        {
            return false;
        }

        Interlocked.Decrement(ref _count);
        _room.Leave();
        return true;
    }

    /// <summary>Removes all buckets. New ones are removed at once.</summary>
    public void Close()
    {
        _isClosed = true;
        Clear();
    }

    private void Clear()
    {
        while (_queue.TryDequeue(out var bucket))
        {
            if (_buckets.TryRemove(KeyValuePair.Create(bucket.Key, bucket)))
            {
                Interlocked.Decrement(ref _count);
                _room.Leave();
            }
        }
    }

    private TokenBucket Add(UInt128 key, long now)
    {
        var made = new TokenBucket(key) { QueuedAt = now };
        made.Touch(now);
        var bucket = _buckets.GetOrAdd(key, made);
        if (ReferenceEquals(bucket, made))
        {
            Interlocked.Increment(ref _count);
            _queue.Enqueue(made);
            _room.Take(this);
            if (_isClosed)
            {
                Clear(); // a request that began under an earlier policy
            }
        }

        return bucket;
    }

    private void Enqueue(TokenBucket bucket)
    {
        bucket.QueuedAt = bucket.UsedAt;
        _queue.Enqueue(bucket);
    }
}
