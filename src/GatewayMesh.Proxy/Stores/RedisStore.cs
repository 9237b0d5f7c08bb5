using GatewayMesh.Configuration.Bootstrap;
using StackExchange.Redis;

namespace GatewayMesh.Proxy.Stores;

/// <summary>
/// A Redis or Valkey server that nodes share. A request asks it once, by a script, and waits at most 20 ms. After a response that is late,
/// or none, the store is not asked for a second; then one probe a second decides when it is used again:
/// <code>
/// gone ──connected, probe in time──► up ──late──► slow ──probe in time──► up
///   ▲                                 └──connection lost──► gone
/// </code>
/// So a server that hangs costs the requests of 20 ms their wait, and holds at most 1,024 of them.
/// </summary>
internal sealed class RedisStore : IAsyncDisposable
{
    /// <summary>Longest wait of a request: 20 ms.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    private const int MostAsking = 1024;

    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    private readonly RedisSpec _spec;
    private readonly string _name;
    private readonly StoreEvents _events;
    private readonly TimeProvider _time;
    private readonly ITimer _probing;
    private readonly Lock _changing = new();
    private readonly Task<ConnectionMultiplexer> _connecting;
    private volatile StoreReading _reading = new(StoreState.Gone, "not connected yet");
    private int _asking;
    private int _probes;
    private bool _isLogged;

    /// <summary>Starts to connect; returns at once.</summary>
    /// <param name="name">Name of the store's key in the bootstrap.</param>
    /// <param name="spec">The server.</param>
    /// <param name="node">Name of this node.</param>
    /// <param name="events">Receives changes of the state.</param>
    /// <param name="time">Clock of waits and probes.</param>
    public RedisStore(string name, RedisSpec spec, string node, StoreEvents events, TimeProvider time)
    {
        (_name, _spec, _events, _time) = (name, spec, events, time);
        _connecting = ConnectionMultiplexer.ConnectAsync(RedisTerms.Of(spec, $"gatewaymesh-{node}"));
        _probing = time.CreateTimer(_ => _ = ProbeAsync(), null, TimeSpan.FromMilliseconds(50), ProbeInterval);
    }

    /// <summary>True if requests ask the store.</summary>
    public bool IsUp => _reading.State == StoreState.Up;

    /// <summary>State of the store.</summary>
    public StoreView View => new(_name, _spec.ToString(), _reading.State, _reading.Reason);

    /// <summary>Runs a script in one round trip. Never throws.</summary>
    /// <param name="script">The script.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="values">Its arguments.</param>
    /// <returns>The result; null if there was none in time, and the store is no longer used.</returns>
    public async Task<RedisResult?> RunAsync(string script, RedisKey[] keys, RedisValue[] values)
    {
        if (!IsUp)
        {
            return null;
        }

        if (Interlocked.Increment(ref _asking) > MostAsking)
        {
            Interlocked.Decrement(ref _asking);
            return null;
        }

        try
        {
            var asked = (await _connecting.ConfigureAwait(false)).GetDatabase().ScriptEvaluateAsync(script, keys, values);
            Forget(asked);
            return await asked.WaitAsync(Patience, _time).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or ObjectDisposedException)
        {
            Lose(failure);
            return null;
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
        try
        {
            await (await _connecting.ConfigureAwait(false)).CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);
        }
        catch (RedisException)
        {
            // There is nothing to close.
        }
    }

    // Also while the store is up, so that a loss is known although no request asks.
    private async Task ProbeAsync()
    {
        if (Interlocked.Exchange(ref _probes, 1) == 1)
        {
            return;
        }

        try
        {
            if (!_connecting.IsCompleted)
            {
                return;
            }

            var multiplexer = await _connecting.ConfigureAwait(false);
            var asked = multiplexer.GetDatabase().ExecuteAsync("PING");
            Forget(asked);
            await asked.WaitAsync(Patience, _time).ConfigureAwait(false);
            Change(new StoreReading(StoreState.Up, ""));
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or ObjectDisposedException)
        {
            Lose(failure);
        }
        finally
        {
            Volatile.Write(ref _probes, 0);
        }
    }

    // The text of a failure may have more than a log should: only its kind leaves this type.
    private void Lose(Exception failure) => Change(failure switch
    {
        RedisException when IsRefusal(failure.Message) => new(StoreState.Gone, "the server refuses the user or password"),
        RedisServerException => new(StoreState.Gone, "the server refused the command"),
        RedisConnectionException => new(StoreState.Gone, "no connection"),
        _ => new(StoreState.Slow, "no response within 20 ms"),
    });

    // A response after the wait, which nobody awaits any more, may be a failure.
    private static void Forget(Task asked) => _ = asked.ContinueWith(
        static late => _ = late.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    private static bool IsRefusal(string text) =>
        text.Contains("NOAUTH", StringComparison.Ordinal)
        || text.Contains("WRONGPASS", StringComparison.Ordinal)
        || text.Contains("NOPERM", StringComparison.Ordinal);

    private void Change(StoreReading reading)
    {
        lock (_changing)
        {
            var isChanged = _reading != reading || !_isLogged;
            _reading = reading;
            if (!isChanged)
            {
                return;
            }

            _isLogged = true;
        }

        if (reading.State == StoreState.Up)
        {
            _events.Back(_name, _spec.ToString());
        }
        else
        {
            _events.Lost(_name, _spec.ToString(), reading.Reason);
        }
    }

    private sealed record StoreReading(StoreState State, string Reason);
}
