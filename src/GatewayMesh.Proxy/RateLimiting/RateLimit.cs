using GatewayMesh.Configuration.Policies.RateLimiting;

namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>
/// Live state of one rate limit of a service. Its buckets survive a new policy that keeps the name, the parts, and the scope.
/// </summary>
internal sealed class RateLimit(RateLimitModel model, BucketRoom room, TimeProvider time) : IDisposable
{
    // A limit without parts has one bucket, which is never evicted.
    private readonly TokenBucket? _only = model.By.IsEmpty ? new TokenBucket(UInt128.Zero) : null;
    private readonly TokenBucket? _copies = model.By.IsEmpty ? new TokenBucket(UInt128.One) : null;
    private readonly BucketTable? _table = model.By.IsEmpty ? null : new BucketTable(room);
    private PeerDemands _peers = PeerDemands.Unknown;
    private Declared _declared = new(model, BucketTerms.Of(model.PerSecond, model.Burst, time));

    /// <summary>The declared limit.</summary>
    public RateLimitModel Model => Volatile.Read(ref _declared).Model;

    /// <summary>Demands of other nodes. Default: unknown.</summary>
    public PeerDemands Peers
    {
        get => Volatile.Read(ref _peers);
        set => Volatile.Write(ref _peers, value);
    }

    /// <summary>
    /// Buckets, in no order, without the one for copies of a limit without parts. Others may be added and removed meanwhile.
    /// </summary>
    public IEnumerable<TokenBucket> Buckets => _table?.Buckets ?? [_only!];

    /// <summary>Number of buckets.</summary>
    public int Keys => _table?.Count ?? 1;

    /// <summary>Returns the bucket of a key.</summary>
    /// <param name="key">Key of the request, which differs for a copy.</param>
    /// <param name="now">Timestamp.</param>
    /// <param name="isCopy">True for a copy of a request (<c>mirror</c>). Default: false.</param>
    public TokenBucket BucketOf(UInt128 key, long now, bool isCopy = false) => (isCopy ? _copies : _only) ?? _table!.Of(key, now);

    /// <summary>Returns rate and size of a bucket at this node.</summary>
    public BucketTerms TermsOf(TokenBucket bucket)
    {
        var (model, terms) = Volatile.Read(ref _declared);
        return model.Scope == RateLimitScope.Node ? terms
            : terms.Part(bucket.Share is > 0 and var share ? share : Peers.ShareOf(model.PerSecond, bucket.Key, reported: 0));
    }

    /// <summary>Applies a new model with the same buckets.</summary>
    public void Declare(RateLimitModel model) =>
        Volatile.Write(ref _declared, new Declared(model, BucketTerms.Of(model.PerSecond, model.Burst, time)));

    /// <summary>Forgets the buckets.</summary>
    public void Dispose()
    {
        if (_table is { } table)
        {
            room.Remove(table);
        }
    }

    private sealed record Declared(RateLimitModel Model, BucketTerms Terms);
}
