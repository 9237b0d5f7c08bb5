using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using GatewayMesh.Registry.Consul.Agents;

namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>
/// One list of Consul's, followed by blocking queries. Keeps the last good through errors; what is gone after an agent began anew (its index
/// went back, it broke off, another one answers) is held for a while, since those who registered it come back within seconds.
/// </summary>
/// <param name="path">What is asked, from <c>/v1</c> on.</param>
/// <param name="read">Reads an answer's body. Pure; throws on what is not what it should be.</param>
/// <param name="known">What was last known of it, or null.</param>
/// <param name="context">What watches share.</param>
internal sealed class Watch<T>(string path, Func<ReadOnlyMemory<byte>, ImmutableSortedDictionary<string, T>> read, ImmutableSortedDictionary<string, T>? known, WatchContext context)
{
    private readonly Lock _lock = new();
    private readonly BlockingQuery _query = new(path, context.Times, context.Jitter);
    private ImmutableSortedDictionary<string, T>? _fresh = known;
    private byte[] _digest = [];
    private bool _doubted;
    private bool _holding;
    private long _heldAt;
    private int _errors;
    private volatile ImmutableSortedDictionary<string, T>? _value = known;
    private volatile string? _error;
    private volatile bool _answered;

    /// <summary>The list as it is to be used; null while it was never read.</summary>
    public ImmutableSortedDictionary<string, T>? Value => _value;

    /// <summary>What is wrong with reading it now, or null.</summary>
    public string? Error => _error;

    /// <summary>Whether it was read since this watch began.</summary>
    public bool Answered => _answered;

    /// <summary>Whether the first question has an answer, good or bad.</summary>
    public bool Settled => _answered || _error is not null;

    /// <summary>Whether the agents refuse it to this token (403).</summary>
    public bool Refused { get; private set; }

    /// <summary>Follows the list until cancelled; never throws.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, context.Silence());
                var answer = await context.Agents.GetAsync(_query.Ask, either.Token).ConfigureAwait(false);
                await TakeAsync(answer, cancellation).ConfigureAwait(false);
                await RestAsync(answer, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (OperationCanceledException)
            {
                // The agent fell silent: the next question goes to another, or to this one anew.
                Doubt();
            }
            catch (Exception failure) when (failure is IOException or JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                Doubt();
                Fail(failure is IOException ? failure.Message : $"{path}: the answer is not what Consul answers ({failure.Message})");
                await Task.Delay(context.Pause(_errors), context.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Reads once, without waiting for news; false when it cannot be read now.</summary>
    public async Task<bool> LookAsync(CancellationToken cancellation)
    {
        try
        {
            await TakeAsync(await context.Agents.GetAsync(_query.Ask, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
            return true;
        }
        catch (Exception failure) when (failure is IOException or JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task TakeAsync(ConsulAnswer answer, CancellationToken cancellation)
    {
        Refused = answer.Status == 403;
        if (!answer.IsOk && answer.Status != 404)
        {
            throw new IOException($"{path}: {answer.Describe()}");
        }

        // A folder of keys that is not there is 404 with an empty body; every reader knows what emptiness is.
        var digest = SHA256.HashData(answer.Body.Span);
        var fresh = !answer.IsOk ? ImmutableSortedDictionary<string, T>.Empty
            : Same(digest) ? _fresh!
            : await context.Reading.RunAsync(() => read(answer.Body)).ConfigureAwait(false);
        if (fresh.IsEmpty && (!_answered || !_fresh!.IsEmpty) && !await context.SeesAsync(cancellation).ConfigureAwait(false))
        {
            throw new IOException("the token sees nothing: Consul answers with empty lists where it may not read; give it service_prefix \"\" and node_prefix \"\" with policy read");
        }

        if (!_query.Take(answer))
        {
            _doubted = true;
        }

        _digest = digest;
        Use(fresh);
    }

    // An answer may be large, and a node watches a hundred lists: what was read is known by its digest.
    private bool Same(byte[] digest) => _answered && _error is null && _digest.AsSpan().SequenceEqual(digest);

    private void Use(ImmutableSortedDictionary<string, T> fresh)
    {
        lock (_lock)
        {
            var news = fresh != _fresh || !_answered || _error is not null;
            _fresh = fresh;
            if (_doubted && _value is not null)
            {
                _heldAt = context.Time.GetTimestamp();
                _ = _holding ? null : ReleaseAsync();
                _holding = true;
            }

            _doubted = false;
            _errors = 0;
            _value = _holding ? fresh.AddRange(_value!.Where(old => !fresh.ContainsKey(old.Key))) : fresh;
            _error = null;
            _answered = true;
            if (!news)
            {
                return;
            }
        }

        context.Changed();
    }

    private async Task ReleaseAsync()
    {
        for (var left = context.Times.Hold; left > TimeSpan.Zero; left = context.Times.Hold - context.Time.GetElapsedTime(Volatile.Read(ref _heldAt)))
        {
            await Task.Delay(left, context.Time).ConfigureAwait(false);
        }

        lock (_lock)
        {
            _holding = false;
            _value = _fresh;
        }

        context.Changed();
    }

    private void Doubt()
    {
        _query.Reset();
        _doubted = true;
    }

    private void Fail(string message)
    {
        _errors++;
        _error = message;
        context.Failed();
        context.Changed();
    }

    // One that does not hold the question (no index) must not be asked in a circle.
    private Task RestAsync(ConsulAnswer answer, CancellationToken cancellation) =>
        answer.Index is null or 0 ? Task.Delay(context.Jitter.Around(context.Times.AgentLiveness, 0.2), context.Time, cancellation) : Task.CompletedTask;
}
