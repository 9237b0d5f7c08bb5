namespace GatewayMesh.Proxy.Idempotency.Redis;

/// <summary>
/// Outcomes that the server could not record yet, in order, and claims that may have reached it too late. Bounded: responses beyond 16 MiB
/// are not kept, and beyond 10,000 outcomes a key stays claimed until the end of its time. Used within the lock of its store.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="delay">
/// Time after its claim before an outcome is sent: a claim that is still under way, on a connection that was lost, must not come after it.
/// </param>
internal sealed class PendingOutcomes(TimeProvider time, TimeSpan delay)
{
    private const int Max = 10_000;
    private const long MaxBytes = 16 * 1024 * 1024;

    private readonly Queue<(OwnKey Own, KeyClaim Claim)> _queue = new();
    private long _bytes;

    /// <summary>The next one that may be sent; null for none.</summary>
    public (OwnKey Own, KeyClaim Claim)? Next =>
        _queue.TryPeek(out var next) && time.GetElapsedTime(next.Own.AskedAt) >= delay ? next : null;

    /// <summary>Adds an outcome. Returns what will be recorded; null if there are too many.</summary>
    public KeyClaim? Add(OwnKey own, KeyClaim claim)
    {
        if (_queue.Count >= Max)
        {
            return null;
        }

        if (_bytes + claim.Answer.Length > MaxBytes)
        {
            claim = new KeyClaim(KeyState.NotKept) { Print = claim.Print };
        }

        _bytes += claim.Answer.Length;
        _queue.Enqueue((own, claim));
        return claim;
    }

    /// <summary>Removes the next one, if it is the one of <paramref name="own"/>.</summary>
    public void Remove(OwnKey own)
    {
        if (_queue.TryPeek(out var next) && next.Own == own)
        {
            _bytes -= _queue.Dequeue().Claim.Answer.Length;
        }
    }
}
