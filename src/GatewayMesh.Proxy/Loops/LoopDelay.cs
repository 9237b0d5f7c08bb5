using System.Threading.Tasks.Sources;

namespace GatewayMesh.Proxy.Loops;

/// <summary>A wait on the timer wheel of a loop, reused by later waits.</summary>
internal sealed class LoopDelay : IValueTaskSource
{
    private static readonly Action<object?> Due = static delay => ((LoopDelay)delay!).Finish(null);
    private static readonly Action<object?, CancellationToken> Asked = static (delay, token) => ((LoopDelay)delay!).Ask(token);
    private static readonly Action<object?> Canceled = static delay => ((LoopDelay)delay!).Cancel();

    private readonly EventLoop _loop;
    private readonly LoopTimer _timer;
    private LoopSource<int> _source;
    private CancellationTokenRegistration _registration;
    private CancellationToken _token;
    private int _asked;

    /// <summary>Creates a wait for <paramref name="loop"/>.</summary>
    public LoopDelay(EventLoop loop)
    {
        _loop = loop;
        _timer = new LoopTimer(Due, this);
    }

    /// <summary>Begins a wait.</summary>
    public ValueTask Start(TimeSpan span, CancellationToken cancellation)
    {
        var task = new ValueTask(this, _source.Start());
        _loop.Timers.Set(_timer, span);
        _token = cancellation;
        _registration = cancellation.UnsafeRegister(Asked, this);
        return task;
    }

    /// <summary>Ends the wait because its loop ends.</summary>
    public void Stop() => Finish(new OperationCanceledException("The event loop has ended."));

    /// <inheritdoc/>
    public void GetResult(short token)
    {
        try
        {
            _source.GetResult(token);
        }
        finally
        {
            // A cancellation that is posted but has not run would hit the next wait: such a delay is not used again.
            _registration.Dispose();
            _registration = default;
            if (Volatile.Read(ref _asked) == 0)
            {
                _loop.Return(this);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token);

    private void Ask(CancellationToken token)
    {
        _ = token;
        Volatile.Write(ref _asked, 1);
        _loop.Post(Canceled, this);
    }

    private void Cancel()
    {
        if (_source.IsPending)
        {
            _loop.Timers.Cancel(_timer);
            Finish(new OperationCanceledException(_token));
        }
    }

    private void Finish(Exception? failure)
    {
        if (failure is null)
        {
            _source.Complete(0);
        }
        else
        {
            _source.Fail(failure);
        }
    }
}
