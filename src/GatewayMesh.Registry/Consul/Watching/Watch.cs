using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using GatewayMesh.Registry.Consul.Agents;

namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>
/// Follows one of Consul's lists with blocking queries and keeps the last good value through errors. Items that disappear after an agent
/// restarted (its index went back, its connection broke, another agent answers) are kept for a while, because their owners register again
/// within seconds.
/// </summary>
/// <param name="path">The path to query, starting at <c>/v1</c>.</param>
/// <param name="read">Parses an answer's body. Pure; throws on an invalid body.</param>
/// <param name="known">The last known value, or null.</param>
/// <param name="context">The state shared by all watches.</param>
/// <param name="isOptional">True if the list is empty at an agent whose version does not know the kind of entry. Default: false.</param>
internal sealed class Watch<T>(
    string path,
    Func<ReadOnlyMemory<byte>, ImmutableSortedDictionary<string, T>> read,
    ImmutableSortedDictionary<string, T>? known,
    WatchContext context,
    bool isOptional = false)
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

    /// <summary>The list in effect; null before the first read.</summary>
    public ImmutableSortedDictionary<string, T>? Value => _value;

    /// <summary>The current error of reading the list, or null.</summary>
    public string? Error => _error;

    /// <summary>True if the list was read since this watch started.</summary>
    public bool Answered => _answered;

    /// <summary>True if the first query has succeeded or failed.</summary>
    public bool Settled => _answered || _error is not null;

    /// <summary>True if the agents refuse the list to this token (403).</summary>
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
                // The agent fell silent. The next query goes to another agent, or to this one without an index.
                Doubt();
            }
            catch (Exception failure) when (
                failure is IOException or JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                Doubt();
                Fail(failure is IOException ? failure.Message : $"{path}: the answer is not a valid Consul answer ({failure.Message})");
                await Task.Delay(context.Pause(_errors), context.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Reads once without waiting for a change; false if the list cannot be read now.</summary>
    public async Task<bool> LookAsync(CancellationToken cancellation)
    {
        try
        {
            await TakeAsync(
                await context.Agents.GetAsync(_query.Ask, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
            return true;
        }
        catch (Exception failure) when (
            failure is IOException
                or JsonException
                or InvalidOperationException
                or KeyNotFoundException
                or FormatException
                or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task TakeAsync(ConsulAnswer answer, CancellationToken cancellation)
    {
        Refused = answer.Status == 403;
        if (!answer.IsOk && answer.Status != 404 && !IsUnknownKind(answer))
        {
            throw new IOException($"{path}: {answer.Describe()}");
        }

        // A missing key folder is 404 with an empty body, which means an empty list.
        var digest = SHA256.HashData(answer.Body.Span);
        var fresh = !answer.IsOk ? ImmutableSortedDictionary<string, T>.Empty
            : Same(digest) ? _fresh!
            : await context.Reading.RunAsync(() => read(answer.Body)).ConfigureAwait(false);
        if (fresh.IsEmpty && (!_answered || !_fresh!.IsEmpty) && !await context.SeesAsync(cancellation).ConfigureAwait(false))
        {
            throw new IOException("the token has no read rights: Consul returned empty lists; "
                + "grant the token service_prefix \"\" and node_prefix \"\" with policy read");
        }

        if (IsUnknownKind(answer))
        {
            _query.Reset();
            _doubted = _fresh is { IsEmpty: false }; // an older agent of a mixed cluster: the entries of the others stay for a while
        }
        else if (!_query.Take(answer))
        {
            _doubted = true;
        }

        _digest = digest;
        Use(fresh);
    }

    // Answers may be large and a node watches a hundred lists, so a digest replaces the stored answer.
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
        for (
            var left = context.Times.Hold; left > TimeSpan.Zero; left = context.Times.Hold - context.Time.GetElapsedTime(
                Volatile.Read(ref _heldAt)))
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

    // An agent that does not block (no index) must not be queried in a busy loop.
    private Task RestAsync(ConsulAnswer answer, CancellationToken cancellation) =>
        IsUnknownKind(answer) ? Task.Delay(context.Jitter.Around(context.Times.UnknownKind, 0.2), context.Time, cancellation)
        : answer.Index is null or 0
            ? Task.Delay(context.Jitter.Around(context.Times.AgentLiveness, 0.2), context.Time, cancellation)
            : Task.CompletedTask;

    // 500 in Consul 1.8, 400 in later versions.
    private bool IsUnknownKind(ConsulAnswer answer) =>
        isOptional
        && answer.Status is 400 or 500
        && answer.Body.Span.IndexOf("invalid config entry kind"u8) >= 0;
}
