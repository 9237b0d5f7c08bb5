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
    /// <summary>Time after which the requests of a process that died have an unknown outcome: 10 s.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ShortestLife = TimeSpan.FromMinutes(1); // of a running request's key, as in the script

    private readonly Lock _gate = new();
    private readonly Dictionary<Digest, OwnKey> _keys = [];
    private readonly string _owner = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private readonly RedisStore _store;
    private readonly KeyNames _names;
    private readonly TimeProvider _time;
    private readonly Action<int> _evicted;
    private readonly ServerClock _clock;
    private readonly OwedOutcomes _owed;
    private readonly ITimer _timer;
    private IdempotencyModel _model;
    private long _last;
    private long _renewedAt;
    private int _turns;
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
        _clock = new ServerClock(time);
        _owed = new OwedOutcomes(time, 2 * store.Patience);
        var turn = Lease / 20;
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

        var claim = await AskAsync(own).ConfigureAwait(false);
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
            if (!_keys.TryGetValue(key, out own) || own is not { IsClaimed: true, Outcome: null })
            {
                return false;
            }
        }

        var claim = new KeyClaim(outcome) { Print = print, Answer = answer };
        if (await WriteAsync(own, claim).ConfigureAwait(false) is { } isLatest)
        {
            Forget(own);
            return isLatest;
        }

        Owe(own, claim);
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
        await PayAsync().ConfigureAwait(false);
        _ = await _store.RunAsync(KeyScripts.Leave, [_names.Owners], [_owner]).ConfigureAwait(false);
    }

    private async Task<KeyClaim> AskAsync(OwnKey own)
    {
        await _store.TriedAsync().ConfigureAwait(false);
        if (!_clock.IsKnown && !await RenewAsync().ConfigureAwait(false))
        {
            return new KeyClaim(KeyState.Unavailable);
        }

        // Twice, if the server's clock was set forward: the first reply tells its time.
        for (var round = 0; round < 2; round++)
        {
            var model = Volatile.Read(ref _model);
            own.AskedAt = _time.GetTimestamp();
            var reply = await _store.RunAsync(
                KeyScripts.Claim,
                _names.All(own.Key),
                [
                    _owner, own.Nonce, _clock.At(own.AskedAt) + Milliseconds(_store.Patience), Milliseconds(Lease), Milliseconds(model.Ttl),
                    model.MaxKeys, model.MaxBytes, _names.Prefix, KeyNames.TextOf(own.Key),
                ]).ConfigureAwait(false);
            if (reply.Result is null)
            {
                if (reply.WasSent)
                {
                    Owe(own, new KeyClaim(KeyState.Claimed)); // the claim may still arrive
                }

                return new KeyClaim(KeyState.Unavailable);
            }

            var fields = (RedisResult[])reply.Result!;
            var word = (string?)fields[0];
            if (word == "late")
            {
                _clock.Learn((long)fields[1], own.AskedAt);
                continue;
            }

            return Read(KeyWords.StateOf(word), fields);
        }

        return new KeyClaim(KeyState.Unavailable);
    }

    private KeyClaim Read(KeyState state, RedisResult[] fields)
    {
        if (state == KeyState.Claimed && (int)fields[2] is > 0 and var evicted)
        {
            _evicted(evicted);
        }

        return state is KeyState.Answered or KeyState.NotKept or KeyState.Unknown && fields.Length == 4
            ? new KeyClaim(state) { Print = KeyWords.PrintOf((byte[]?)fields[2]), Answer = (byte[]?)fields[3] ?? [] }
            : new KeyClaim(state);
    }

    // True if the outcome is recorded, false if a later claim has the key, null if the server did not reply.
    private async Task<bool?> WriteAsync(OwnKey own, KeyClaim claim)
    {
        var reply = await _store.RunAsync(
            KeyScripts.Settle,
            _names.All(own.Key),
            [
                own.Nonce, KeyWords.Of(claim.State), KeyWords.Of(claim.Print), claim.Answer, Milliseconds(Volatile.Read(ref _model).Ttl),
                KeyNames.TextOf(own.Key),
            ]).ConfigureAwait(false);
        return reply.Result is { } result ? (int)result == 1 : null;
    }

    private void Owe(OwnKey own, KeyClaim claim)
    {
        lock (_gate)
        {
            var owed = _owed.Add(own, claim);
            if (claim.State != KeyState.Claimed && owed is not null)
            {
                own.Outcome = owed; // requests with the key get it from here
            }
            else
            {
                _keys.Remove(own.Key);
            }
        }

        own.Settle();
    }

    private void Forget(OwnKey own)
    {
        lock (_gate)
        {
            _keys.Remove(own.Key);
        }

        own.Settle();
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
                await PayAsync().ConfigureAwait(false);
                if (!_clock.IsKnown || _time.GetElapsedTime(_renewedAt) >= Lease / 5)
                {
                    await RenewAsync().ConfigureAwait(false);
                }
            }
        }
        finally
        {
            Volatile.Write(ref _turns, 0);
        }
    }

    private async Task<bool> RenewAsync()
    {
        var askedAt = _time.GetTimestamp();
        var isFirst = !_clock.IsKnown;
        var reply = await _store.RunAsync(KeyScripts.Renew, [_names.Owners], [_owner, Milliseconds(Lease)]).ConfigureAwait(false);
        if (reply.Result is null)
        {
            return false;
        }

        var fields = (RedisResult[])reply.Result!;
        _clock.Learn((long)fields[0], askedAt);
        _renewedAt = askedAt;
        await HoldAsync(hasLost: !isFirst && (int)fields[1] == 0).ConfigureAwait(false);
        return true;
    }

    // Requests that run for long, or all, if the server has lost them with the lease.
    private async Task HoldAsync(bool hasLost)
    {
        var life = Volatile.Read(ref _model).Ttl is var ttl && ttl > ShortestLife ? ttl : ShortestLife;
        List<OwnKey> running;
        lock (_gate)
        {
            running =
            [
                .. _keys.Values.Where(own => own is { IsClaimed: true, Outcome: null }
                    && (hasLost || _time.GetElapsedTime(own.AskedAt) > life / 2)),
            ];
        }

        foreach (var own in running)
        {
            own.AskedAt = _time.GetTimestamp();
            _ = await _store.RunAsync(KeyScripts.Hold, [_names.Of(own.Key)], [_owner, own.Nonce, Milliseconds(life)])
                .ConfigureAwait(false);
        }
    }

    private async Task PayAsync()
    {
        while (Next() is { } next)
        {
            if (await WriteAsync(next.Own, next.Claim).ConfigureAwait(false) is null)
            {
                return;
            }

            lock (_gate)
            {
                _owed.Remove(next.Own);
                if (next.Own.Outcome is not null)
                {
                    _keys.Remove(next.Own.Key);
                }
            }
        }
    }

    private (OwnKey Own, KeyClaim Claim)? Next()
    {
        lock (_gate)
        {
            return _owed.Next;
        }
    }

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;
}
