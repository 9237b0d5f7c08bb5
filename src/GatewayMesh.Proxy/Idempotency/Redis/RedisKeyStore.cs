using System.Globalization;
using System.Security.Cryptography;
using GatewayMesh.Configuration.Policies.Idempotency;
using GatewayMesh.Proxy.Stores;
using StackExchange.Redis;

namespace GatewayMesh.Proxy.Idempotency.Redis;

/// <summary>
/// Keys of one service in a Redis server, shared by the instances of the service:
/// <code>
/// claim ──► asked in this process already? wait for it ──► one script ─┬─ claimed ──► forward ──► settle: one script ──► respond
///                                                                     ├─ running elsewhere ──► another look in 50 ms
///                                                                     └─ no reply in time ──► refused, and given back later
/// </code>
/// Without the server no key can be claimed, so that nothing runs twice. An outcome that cannot be recorded is kept here, and recorded as
/// soon as the server is back; until then this process answers by itself. A process has a lease while it lives; without it, its running
/// requests have an unknown outcome.
/// </summary>
internal sealed class RedisKeyStore : IKeyStore, IAsyncDisposable
{
    /// <summary>Number of keys that are held in one round trip.</summary>
    public const int HoldsAtOnce = 64;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ShortestLife = TimeSpan.FromMinutes(1); // of a running request's key, as in the script

    private readonly Lock _gate = new();
    private readonly Dictionary<Digest, OwnKey> _keys = [];
    private readonly string _owner = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private readonly RedisStore _store;
    private readonly KeyNames _names;
    private readonly TimeProvider _time;
    private readonly Action<int> _evicted;
    private readonly OwnerLease _lease;
    private readonly PendingOutcomes _pending;
    private readonly ITimer _timer;
    private IdempotencyModel _model;
    private long _last;
    private int _turns;
    private int _holds;
    private int _rewritten; // losses of the server's data after which all running requests were written again
    private bool _isStopped;

    /// <summary>Creates the store.</summary>
    /// <param name="store">The server.</param>
    /// <param name="service">Name of the service.</param>
    /// <param name="model">Bounds, of all instances together.</param>
    /// <param name="time">The clock.</param>
    /// <param name="evicted">Called with the number of keys that were removed before their time.</param>
    public RedisKeyStore(RedisStore store, string service, IdempotencyModel model, TimeProvider time, Action<int> evicted)
    {
        (_store, _names, _model, _time, _evicted) = (store, new KeyNames(service), model, time, evicted);
        _lease = new OwnerLease(store, _names, _owner, time);
        _pending = new PendingOutcomes(time, 2 * store.Patience);
        var turn = OwnerLease.Length / 20;
        _timer = time.CreateTimer(_ => _ = TurnAsync(), null, turn, turn);
    }

    /// <summary>Applies new bounds.</summary>
    public void Declare(IdempotencyModel model) => Volatile.Write(ref _model, model);

    /// <inheritdoc/>
    public async ValueTask<KeyClaim> ClaimAsync(Digest key)
    {
        OwnKey own;
        lock (_gate)
        {
            if (_keys.TryGetValue(key, out var known))
            {
                return known.Outcome ?? new KeyClaim(KeyState.Running) { Settled = known.Settled };
            }

            if (_isStopped)
            {
                return new KeyClaim(KeyState.Unavailable);
            }

            own = new OwnKey(key, string.Create(CultureInfo.InvariantCulture, $"{_owner}-{++_last}"));
            _keys.Add(key, own);
        }

        KeyClaim claim;
        try
        {
            claim = await AskAsync(own).ConfigureAwait(false);
        }
        catch
        {
            AddPending(own, new KeyClaim(KeyState.Claimed)); // the server may have recorded the claim
            throw;
        }

        switch (claim.State)
        {
            case KeyState.Claimed:
                lock (_gate)
                {
                    own.IsClaimed = true;
                }

                return claim;
            case KeyState.Running:
                _ = LookAgainAsync(own);
                return claim with { Settled = own.Settled };
            default:
                Forget(own);
                return claim;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> SettleAsync(Digest key, KeyState outcome, Fingerprint? print, ReadOnlyMemory<byte> answer)
    {
        OwnKey? own;
        lock (_gate)
        {
            if (!_keys.TryGetValue(key, out own) || own is not { IsClaimed: true, IsEnding: false })
            {
                return false;
            }

            own.IsEnding = true;
        }

        // A hold that arrived after its key is free would write the key as running again.
        var claim = new KeyClaim(outcome) { Print = print, Answer = answer };
        var isOrdered = await own.Hold.ConfigureAwait(false) || outcome != KeyState.Claimed;
        if (isOrdered && await WriteAsync(own, claim).ConfigureAwait(false) is { } isLatest)
        {
            Forget(own);
            return isLatest;
        }

        AddPending(own, claim);
        return false;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isStopped)
            {
                return;
            }

            _isStopped = true;
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
        await FlushAsync().ConfigureAwait(false);
        await _lease.LeaveAsync().ConfigureAwait(false);
    }

    private async Task<KeyClaim> AskAsync(OwnKey own)
    {
        await _store.TriedAsync().ConfigureAwait(false);
        if (!_lease.Clock.IsKnown && !await _lease.RenewAsync().ConfigureAwait(false))
        {
            return new KeyClaim(KeyState.Unavailable);
        }

        // More than once, if the server's clock was set forward, or if it has lost the lease: the reply says so.
        for (var round = 0; round < 3; round++)
        {
            var model = Volatile.Read(ref _model);
            own.AskedAt = _time.GetTimestamp();
            var reply = await _store.RunAsync(
                KeyScripts.Claim,
                _names.All(own.Key),
                [
                    _owner, own.Nonce, _lease.Clock.At(own.AskedAt) + Milliseconds(_store.Patience), Milliseconds(OwnerLease.Length),
                    Milliseconds(model.Ttl), model.MaxKeys, model.MaxBytes, _names.Prefix, KeyNames.TextOf(own.Key),
                ]).ConfigureAwait(false);
            if (reply.Result is null)
            {
                if (reply is { WasSent: true, IsRefused: false })
                {
                    AddPending(own, new KeyClaim(KeyState.Claimed)); // the claim may still arrive
                }

                return new KeyClaim(KeyState.Unavailable);
            }

            var fields = (RedisResult[])reply.Result!;
            switch ((string?)fields[0])
            {
                case "late":
                    _lease.Clock.Learn((long)fields[1], own.AskedAt);
                    continue;
                case "lost":
                    if (!await _lease.RenewAsync().ConfigureAwait(false))
                    {
                        return new KeyClaim(KeyState.Unavailable);
                    }

                    _ = HoldAsync();
                    continue;
                case "running":
                    return new KeyClaim(KeyState.Running);
                case "claimed":
                    if ((int)fields[2] is > 0 and var evicted)
                    {
                        _evicted(evicted);
                    }

                    return new KeyClaim(KeyState.Claimed);
                default:
                    return new KeyClaim(KeyEncoding.StateOf((string?)fields[2]))
                    {
                        Print = KeyEncoding.PrintOf((byte[]?)fields[3]), Answer = (byte[]?)fields[4] ?? [],
                    };
            }
        }

        return new KeyClaim(KeyState.Unavailable);
    }

    // True if the outcome is recorded, false if a later claim has the key or the server refuses the outcome, null if there was no reply.
    private async Task<bool?> WriteAsync(OwnKey own, KeyClaim claim)
    {
        var reply = await _store.RunAsync(
            KeyScripts.Settle,
            _names.All(own.Key),
            [
                own.Nonce, KeyEncoding.Of(claim.State), KeyEncoding.Of(claim.Print), claim.Answer,
                Milliseconds(Volatile.Read(ref _model).Ttl), KeyNames.TextOf(own.Key),
            ]).ConfigureAwait(false);
        return reply switch
        {
            { Result: { } result } => (int)result == 1,
            { IsRefused: true } => false,
            _ => null,
        };
    }

    private void AddPending(OwnKey own, KeyClaim claim)
    {
        lock (_gate)
        {
            var pending = _pending.Add(own, claim);
            if (claim.State != KeyState.Claimed && pending is not null)
            {
                own.Outcome = pending; // requests with the key get it from here
            }
            else
            {
                Remove(own);
            }
        }

        own.Settle();
    }

    private void Forget(OwnKey own)
    {
        lock (_gate)
        {
            Remove(own);
        }

        own.Settle();
    }

    // Another request may have the key by now.
    private void Remove(OwnKey own)
    {
        if (_keys.TryGetValue(own.Key, out var latest) && latest == own)
        {
            _keys.Remove(own.Key);
        }
    }

    // The requests in this process that wait for another one ask the server together.
    private async Task LookAgainAsync(OwnKey own)
    {
        await Task.Delay(Look, _time).ConfigureAwait(false);
        Forget(own);
    }

    private async Task TurnAsync()
    {
        if (Interlocked.Exchange(ref _turns, 1) == 1)
        {
            return;
        }

        try
        {
            if (_store.IsUp)
            {
                await FlushAsync().ConfigureAwait(false);
                var isDue = _lease.IsDue || _lease.Losses != Volatile.Read(ref _rewritten);
                if (isDue && await _lease.RenewAsync().ConfigureAwait(false)) // before the keys: a running one without a lease is unknown
                {
                    await HoldAsync().ConfigureAwait(false);
                }
            }
        }
        finally
        {
            Volatile.Write(ref _turns, 0);
        }
    }

    // Holds the requests that run for long, or all of them if the server may have lost its data. What a call that is under way leaves is
    // left to the next turn.
    private async Task HoldAsync()
    {
        if (Interlocked.Exchange(ref _holds, 1) == 1)
        {
            return;
        }

        try
        {
            var losses = _lease.Losses;
            var hasLost = losses != Volatile.Read(ref _rewritten);
            var life = Volatile.Read(ref _model).Ttl is var ttl && ttl > ShortestLife ? ttl : ShortestLife;
            List<OwnKey> running;
            lock (_gate)
            {
                running =
                [
                    .. _keys.Values.Where(own => own is { IsClaimed: true, IsEnding: false }
                        && (hasLost || _time.GetElapsedTime(own.AskedAt) > life / 2)),
                ];
            }

            foreach (var some in running.Chunk(HoldsAtOnce))
            {
                var isHeld = await Task.WhenAll(some.Select(own => HoldAsync(own, life))).ConfigureAwait(false);
                if (!Array.TrueForAll(isHeld, each => each))
                {
                    return;
                }
            }

            Volatile.Write(ref _rewritten, losses);
        }
        finally
        {
            Volatile.Write(ref _holds, 0);
        }
    }

    // False if the key must be held again.
    private async Task<bool> HoldAsync(OwnKey own, TimeSpan life)
    {
        var hold = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (own.IsEnding)
            {
                return true;
            }

            (own.AskedAt, own.Hold) = (_time.GetTimestamp(), hold.Task);
        }

        var reply = await _store.RunAsync(KeyScripts.Hold, [_names.Of(own.Key)], [_owner, own.Nonce, Milliseconds(life)])
            .ConfigureAwait(false);
        var isDone = reply.Result is not null || reply.IsRefused;
        hold.SetResult(isDone || !reply.WasSent);
        return isDone;
    }

    private async Task FlushAsync()
    {
        while (Next() is { } next)
        {
            if (await WriteAsync(next.Own, next.Claim).ConfigureAwait(false) is null)
            {
                return;
            }

            lock (_gate)
            {
                _pending.Remove(next.Own);
                if (next.Own.Outcome is not null)
                {
                    Remove(next.Own);
                }
            }
        }
    }

    private (OwnKey Own, KeyClaim Claim)? Next()
    {
        lock (_gate)
        {
            return _pending.Next;
        }
    }

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;
}
