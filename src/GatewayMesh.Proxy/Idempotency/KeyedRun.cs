using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Idempotency;

/// <summary>
/// A request with a key at the callee's side:
/// <code>
/// body, up to 64 KiB ─► claim the key ─┬─ free ─────► forward, to the end even without the client ─► keep the response ─► respond
///                                      ├─ running ──► wait, then look again
///                                      ├─ answered ─► the kept response, if the request is the same; otherwise 422
///                                      └─ unknown ──► 409
/// </code>
/// </summary>
/// <param name="stores">Stores and their metrics.</param>
/// <param name="store">Store of the service.</param>
/// <param name="exchange">The request.</param>
/// <param name="key">The key with its caller and service.</param>
internal sealed class KeyedRun(KeyStores stores, IKeyStore store, Exchange exchange, Digest key) : IDisposable
{
    private readonly KeyedBody _body = new(exchange.Body, exchange.Method, exchange.Target.PathAndQuery);
    private readonly string _service = exchange.Route.Instances.Service;
    private readonly TimeSpan _wait = exchange.Route.Policy.Idempotency.Wait;
    private bool _isSettled;

    /// <summary>Decision about the request, once <see cref="PrepareAsync"/> has completed; null before that.</summary>
    public Verdict? Verdict { get; private set; }

    /// <summary>True once the request has the key. From here on a client that has gone does not end the request.</summary>
    public bool IsClaimed { get; private set; }

    /// <summary>The response in the making.</summary>
    public KeptAnswer Answer { get; } = new(exchange.Route.Policy.Idempotency.MaxAnswerSize);

    /// <summary>Claims the key, or finds the response of the request that had it.</summary>
    public async Task PrepareAsync()
    {
        Verdict = await DecideAsync().ConfigureAwait(false);
        if (exchange.Response is ClientConnection client)
        {
            await client.Loop.SwitchTo();
        }
    }

    /// <summary>Keeps the response. The response may leave when the task has completed.</summary>
    public async ValueTask AnsweredAsync()
    {
        _isSettled = true;
        await store.SettleAsync(key, KeyState.Answered, _body.Print, Answer.Bytes).ConfigureAwait(false);
        Count(IdempotencyOutcome.Executed);
    }

    /// <summary>Records that there is a response, which is too large to be kept.</summary>
    public async ValueTask TooLargeAsync()
    {
        _isSettled = true;
        await store.SettleAsync(key, KeyState.NotKept, _body.Print, default).ConfigureAwait(false);
        Count(IdempotencyOutcome.TooLarge);
    }

    /// <summary>Ends the request: a key without an outcome is free if nothing was forwarded, and otherwise unknown.</summary>
    public void End(in MeshError error)
    {
        if (IsClaimed && !_isSettled)
        {
            _isSettled = true;
            var isFree = exchange.Tried.Count == 0 || (error.IsError && !error.Forwarded && !exchange.Attempts.WasForwarded);
            Count(isFree ? IdempotencyOutcome.Freed : IdempotencyOutcome.Unknown);
            _ = store.SettleAsync(key, isFree ? KeyState.Claimed : KeyState.Unknown, isFree ? null : _body.Print, default).AsTask();
        }

        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _body.Dispose();

    private async Task<Verdict> DecideAsync()
    {
        var gone = exchange.Response.Aborted;
        try
        {
            if (exchange.Head.ExpectsContinue && exchange.Response is ClientConnection { AwaitsContinue: true } client)
            {
                await client.SendInterimAsync(new ResponseHead { Status = 100 }).ConfigureAwait(false);
            }

            await _body.KeepAsync(gone).ConfigureAwait(false);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(gone);
            using var late = new CancellationTokenSource(Min(_wait, exchange.Deadline.Remaining), exchange.Time);
            await using var registration = late.Token.UnsafeRegister(
                static patience => ((CancellationTokenSource)patience!).Cancel(), patience).ConfigureAwait(false);
            return await ClaimAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            return Pipeline.Verdict.Fail(MeshErrorKind.ClientGone);
        }
        catch (OperationCanceledException)
        {
            return Refuse(IdempotencyOutcome.Conflict, MeshErrorKind.IdempotencyConflict, "the first request is still running");
        }
        catch (SlowBodyException)
        {
            return Pipeline.Verdict.Fail(MeshErrorKind.RequestTimeout);
        }
        catch (BodyFaultException fault)
        {
            return Pipeline.Verdict.Fail(fault.Kind, fault.Kind == MeshErrorKind.ClientGone ? null : fault.Message);
        }
    }

    private async Task<Verdict> ClaimAsync(CancellationToken patience)
    {
        while (true)
        {
            var claim = await ClaimInTimeAsync(patience).ConfigureAwait(false);
            switch (claim.State)
            {
                case KeyState.Claimed:
                    IsClaimed = true;
                    exchange.Body = _body;
                    return Pipeline.Verdict.Next;
                case KeyState.Running:
                    await claim.Settled!.WaitAsync(patience).ConfigureAwait(false);
                    continue;
                case KeyState.Unavailable:
                    return Refuse(
                        IdempotencyOutcome.Unavailable, MeshErrorKind.IdempotencyUnavailable, "the keys cannot be read or written");
            }

            if (claim.Print is { } print && !await _body.IsAsync(print, patience).ConfigureAwait(false))
            {
                return Refuse(IdempotencyOutcome.Mismatch, MeshErrorKind.IdempotencyMismatch, null);
            }

            if (claim.State == KeyState.Answered && KeptAnswer.Read(claim.Answer) is { } answer)
            {
                Count(IdempotencyOutcome.Replayed);
                return Pipeline.Verdict.Reply(answer);
            }

            return Refuse(
                IdempotencyOutcome.Conflict,
                MeshErrorKind.IdempotencyConflict,
                claim.State == KeyState.Unknown ? "the outcome of the first request is unknown" : "the first response was not kept");
        }
    }

    // A claim that comes too late is given back.
    private async Task<KeyClaim> ClaimInTimeAsync(CancellationToken patience)
    {
        var claiming = store.ClaimAsync(key).AsTask();
        try
        {
            return await claiming.WaitAsync(patience).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _ = GiveBackAsync(claiming);
            throw;
        }
    }

    private async Task GiveBackAsync(Task<KeyClaim> claiming)
    {
        if (await claiming.ConfigureAwait(false) is { State: KeyState.Claimed })
        {
            await store.SettleAsync(key, KeyState.Claimed, null, default).ConfigureAwait(false);
        }
    }

    private Verdict Refuse(IdempotencyOutcome outcome, MeshErrorKind kind, string? details)
    {
        Count(outcome);
        return new Verdict(new MeshError(kind, Forwarded: kind == MeshErrorKind.IdempotencyConflict, details), null);
    }

    private void Count(IdempotencyOutcome outcome) => stores.Count(_service, outcome);

    private static TimeSpan Min(TimeSpan wait, TimeSpan left) => left == Timeout.InfiniteTimeSpan || wait < left ? wait : left;
}
