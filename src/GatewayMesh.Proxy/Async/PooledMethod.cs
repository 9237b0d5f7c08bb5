using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;

namespace GatewayMesh.Proxy.Async;

/// <summary>
/// Outcome of a suspended method (<see cref="PooledMethodBuilder{TResult}"/>). The method may complete on one thread while another begins
/// to await it: the first of both wins by an atomic exchange.
/// </summary>
/// <typeparam name="TResult">Type of the result.</typeparam>
internal class PooledMethod<TResult> : IValueTaskSource<TResult>, IValueTaskSource
{
    private static readonly Action<object?> Completed = static _ => { };

    private Action<object?>? _continuation;
    private object? _state;
    private TResult? _result;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Token of the current use.</summary>
    public short Version { get; private set; }

    /// <summary>Completes the method; its continuation runs inline.</summary>
    public void Complete(TResult result)
    {
        _result = result;
        Signal();
    }

    /// <summary>Completes the method with an exception; its continuation runs inline.</summary>
    public void Fail(Exception failure)
    {
        _failure = ExceptionDispatchInfo.Capture(failure);
        Signal();
    }

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token)
    {
        Check(token);
        return !ReferenceEquals(Volatile.Read(ref _continuation), Completed) ? ValueTaskSourceStatus.Pending
            : _failure is null ? ValueTaskSourceStatus.Succeeded
            : _failure.SourceException is OperationCanceledException ? ValueTaskSourceStatus.Canceled
            : ValueTaskSourceStatus.Faulted;
    }

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        Check(token);
        _state = state;
        if (Interlocked.CompareExchange(ref _continuation, continuation, null) is not null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(continuation, state, preferLocal: true); // completed by another thread meanwhile
        }
    }

    /// <inheritdoc/>
    public TResult GetResult(short token)
    {
        Check(token);
        if (!ReferenceEquals(Volatile.Read(ref _continuation), Completed))
        {
            throw new InvalidOperationException("The operation is pending.");
        }

        var (result, failure) = (_result, _failure);
        (_continuation, _state, _result, _failure) = (null, null, default, null);
        Version++;
        Return();
        failure?.Throw();
        return result!;
    }

    /// <inheritdoc/>
    void IValueTaskSource.GetResult(short token) => GetResult(token);

    /// <summary>Puts the object back into its pool.</summary>
    protected virtual void Return()
    {
    }

    private void Signal()
    {
        if (Interlocked.Exchange(ref _continuation, Completed) is { } continuation)
        {
            var state = _state;
            _state = null;
            continuation(state);
        }
    }

    private void Check(short token)
    {
        if (token != Version)
        {
            throw new InvalidOperationException("The operation is over; a ValueTask is awaited once.");
        }
    }
}

/// <summary>State of a suspended method, from a pool of the thread.</summary>
/// <typeparam name="TState">Type of the state.</typeparam>
/// <typeparam name="TResult">Type of the result.</typeparam>
internal sealed class PooledMethod<TState, TResult> : PooledMethod<TResult>
    where TState : IAsyncStateMachine
{
    // As many as requests wait on a loop at a time; more are garbage.
    private const int Max = 256;

    [ThreadStatic]
    private static PooledMethod<TState, TResult>? Free;

    private readonly Action _moveNext;
    private PooledMethod<TState, TResult>? _next;
    private int _depth;
    private TState _machine = default!;

    private PooledMethod() => _moveNext = MoveNext;

    /// <summary>Stores the state at the method's first wait; returns the continuation.</summary>
    /// <param name="method">Field of the builder within <paramref name="state"/>.</param>
    /// <param name="state">State of the method, which includes the builder.</param>
    public static Action Suspend(ref PooledMethod<TResult>? method, ref TState state)
    {
        if (method is not null)
        {
            return Unsafe.As<PooledMethod<TState, TResult>>(method)._moveNext; // runs from here already
        }

        var rented = Rent();
        method = rented;
        rented._machine = state;
        return rented._moveNext;
    }

    /// <inheritdoc/>
    protected override void Return()
    {
        _machine = default!;
        var free = Free;
        var depth = free is null ? 1 : free._depth + 1;
        if (depth <= Max)
        {
            (_next, _depth) = (free, depth);
            Free = this;
        }
    }

    private static PooledMethod<TState, TResult> Rent()
    {
        if (Free is not { } free)
        {
            return new();
        }

        Free = free._next;
        free._next = null;
        return free;
    }

    private void MoveNext() => _machine.MoveNext();
}
