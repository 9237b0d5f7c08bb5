using GatewayMesh.Configuration.Bootstrap;
using StackExchange.Redis;

namespace GatewayMesh.Proxy.Stores;

/// <summary>
/// A Redis or Valkey server that nodes share. A request asks it once, by a script, and waits for a bounded time. After a response that is
/// late, or none, the store is not asked until a probe was in time:
/// <code>
/// gone ──connected, probe in time──► up ──late──► slow ──probe in time──► up
///   ▲                                 └──connection lost, refused──► gone
/// </code>
/// So a server that hangs costs only the first requests their wait, and holds at most 1,024 of them. A probe writes: a server that is full
/// or a replica is not used.
/// </summary>
internal sealed class RedisStore : IAsyncDisposable
{
    private const int MaxAsking = 1024;

    private static readonly TimeSpan ProbeLife = TimeSpan.FromMinutes(1);

    private readonly string _name;
    private readonly string _node;
    private readonly StorePace _pace;
    private readonly StoreEvents _events;
    private readonly TimeProvider _time;
    private readonly ITimer _probing;
    private readonly Lock _changing = new();
    private volatile RedisLink? _link;
    private volatile StoreReading _reading = StoreReading.Start;
    private volatile TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _asking;
    private int _probes;
    private int _restored;
    private bool _isLogged;

    /// <summary>Creates a store without a server.</summary>
    /// <param name="name">Name of the store's key in the bootstrap.</param>
    /// <param name="node">Name of this node.</param>
    /// <param name="pace">Waits and probes.</param>
    /// <param name="events">Receives changes of the state.</param>
    /// <param name="time">Clock of waits and probes.</param>
    public RedisStore(string name, string node, StorePace pace, StoreEvents events, TimeProvider time)
    {
        (_name, _node, _pace, _events, _time) = (name, node, pace, events, time);
        _probing = time.CreateTimer(_ => _ = ProbeAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>True if there is a server.</summary>
    public bool IsSet => _link is not null;

    /// <summary>True if requests ask the store.</summary>
    public bool IsUp => _reading.State == StoreState.Up;

    /// <summary>
    /// Number of times that a lost connection was made again. The server may then be another one, which took over and lacks the latest
    /// data.
    /// </summary>
    public int Restored => Volatile.Read(ref _restored);

    /// <summary>Longest wait of a request.</summary>
    public TimeSpan Patience => _pace.Patience;

    /// <summary>State of the store.</summary>
    public StoreView View => new(_name, _link?.Spec.ToString() ?? "", _reading.State, _reading.Reason);

    /// <summary>
    /// Uses a server from now on, and starts to connect; returns at once. The connections to the one before are closed. Nothing changes for
    /// the same server and credentials.
    /// </summary>
    /// <param name="spec">The server; null for none.</param>
    public void Use(RedisSpec? spec)
    {
        RedisLink? before;
        lock (_changing)
        {
            before = _link;
            if (before?.Spec == spec)
            {
                return;
            }

            _link = spec is null ? null : new RedisLink(spec, _node, () => Interlocked.Increment(ref _restored));
            (_reading, _isLogged) = (StoreReading.Start, false);
            if (_tried.Task.IsCompleted)
            {
                _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        _ = before?.DisposeAsync().AsTask();
        var interval = spec is null ? Timeout.InfiniteTimeSpan : _pace.ProbeInterval;
        _ = _probing.Change(interval, interval);
        if (spec is not null)
        {
            _ = ProbeAsync();
        }
    }

    /// <summary>Waits until the server was tried for the first time, at most as long as a request waits.</summary>
    public async ValueTask TriedAsync()
    {
        if (_reading == StoreReading.Start)
        {
            await Task.WhenAny(_tried.Task, Task.Delay(_pace.Patience, _time)).ConfigureAwait(false);
        }
    }

    /// <summary>Runs a script in one round trip. Never throws.</summary>
    /// <param name="script">The script.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="values">Its arguments.</param>
    /// <returns>
    /// The result. If there was none in time, or the server failed, the store is no longer used. A script that fails because of the data
    /// that it finds changes nothing for others.
    /// </returns>
    public async Task<StoreReply> RunAsync(string script, RedisKey[] keys, RedisValue[] values)
    {
        if (_link is not { } link || !IsUp)
        {
            return default;
        }

        if (Interlocked.Increment(ref _asking) > MaxAsking)
        {
            Interlocked.Decrement(ref _asking);
            return default;
        }

        try
        {
            var asked = (await link.DatabaseAsync().ConfigureAwait(false)).ScriptEvaluateAsync(script, keys, values);
            Forget(asked);
            return new StoreReply(await asked.WaitAsync(_pace.Patience, _time).ConfigureAwait(false), WasSent: true);
        }
        catch (RedisServerException failure) when (StoreFailures.IsAboutData(failure))
        {
            return new StoreReply(null, WasSent: true, IsRefused: true);
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or ObjectDisposedException)
        {
            Lose(link, failure);
            return new StoreReply(null, WasSent: true);
        }
        finally
        {
            Interlocked.Decrement(ref _asking);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _probing.DisposeAsync().ConfigureAwait(false);
        if (_link is { } link)
        {
            await link.DisposeAsync().ConfigureAwait(false);
        }
    }

    // Also while the store is up, so that a loss is known although no request asks.
    private async Task ProbeAsync()
    {
        if (_link is not { } link || Interlocked.Exchange(ref _probes, 1) == 1)
        {
            return;
        }

        try
        {
            var database = await link.DatabaseAsync().ConfigureAwait(false);
            var asked = database.StringSetAsync($"gatewaymesh:probe:{_node}", RedisValue.EmptyString, ProbeLife);
            Forget(asked);
            await asked.WaitAsync(_pace.Patience, _time).ConfigureAwait(false);
            Change(link, new StoreReading(StoreState.Up, ""));
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or ObjectDisposedException)
        {
            Lose(link, failure);
        }
        finally
        {
            Volatile.Write(ref _probes, 0);
        }
    }

    private void Lose(RedisLink link, Exception failure)
    {
        var (state, reason) = StoreFailures.Of(failure, _pace.Patience);
        Change(link, new StoreReading(state, reason));
    }

    // A response after the wait, which nobody awaits any more, may be a failure.
    private static void Forget(Task asked) => _ = asked.ContinueWith(
        static late => _ = late.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    private void Change(RedisLink link, StoreReading reading)
    {
        lock (_changing)
        {
            if (link != _link)
            {
                return; // about a server that is no longer used
            }

            var isChanged = _reading != reading || !_isLogged;
            _reading = reading;
            if (!isChanged)
            {
                return;
            }

            _isLogged = true;
            _tried.TrySetResult();
        }

        if (reading.State == StoreState.Up)
        {
            _events.Back(_name, link.Spec.ToString());
        }
        else
        {
            _events.Lost(_name, link.Spec.ToString(), reading.Reason);
        }
    }

    private sealed record StoreReading(StoreState State, string Reason)
    {
        public static StoreReading Start { get; } = new(StoreState.Gone, "not connected yet");
    }
}
