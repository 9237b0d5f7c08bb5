using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace GatewayMesh.Proxy.Async;

/// <summary>
/// Builds an asynchronous method whose state comes from a pool of the thread, as <c>PoolingAsyncValueTaskMethodBuilder</c> does, for code
/// that waits on loops: the pool holds the state of all requests of a loop, where the one of the framework holds two, and the execution
/// context does not flow, because nothing on a loop has one.
/// <code>
/// [AsyncMethodBuilder(typeof(PooledMethodBuilder&lt;&gt;))] async ValueTask&lt;T&gt; …
/// </code>
/// </summary>
/// <typeparam name="TResult">Type of the result.</typeparam>
[SuppressMessage("Performance", "CA1822", Justification = "The compiler calls these members on an instance.")]
internal struct PooledMethodBuilder<TResult>
{
    private PooledMethod<TResult>? _method;
    private TResult _result;

    /// <summary>The task of the method.</summary>
    public readonly ValueTask<TResult> Task => _method is { } method ? new(method, method.Version) : new(_result);

    /// <summary>Creates a builder.</summary>
    public static PooledMethodBuilder<TResult> Create() => default;

    /// <summary>Runs the method to its first wait.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Start<TState>(ref TState state)
        where TState : IAsyncStateMachine => state.MoveNext();

    /// <summary>Does nothing: only boxed state needs the call.</summary>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }

    /// <summary>Completes the method.</summary>
    public void SetResult(TResult result)
    {
        if (_method is { } method)
        {
            method.Complete(result);
        }
        else
        {
            _result = result;
        }
    }

    /// <summary>Completes the method with an exception.</summary>
    public void SetException(Exception exception) => (_method ??= new PooledMethod<TResult>()).Fail(exception);

    /// <summary>Continues the method when <paramref name="awaiter"/> completes.</summary>
    public void AwaitOnCompleted<TAwaiter, TState>(ref TAwaiter awaiter, ref TState state)
        where TAwaiter : INotifyCompletion
        where TState : IAsyncStateMachine => awaiter.OnCompleted(PooledMethod<TState, TResult>.Suspend(ref _method, ref state));

    /// <summary>Continues the method when <paramref name="awaiter"/> completes.</summary>
    public void AwaitUnsafeOnCompleted<TAwaiter, TState>(ref TAwaiter awaiter, ref TState state)
        where TAwaiter : ICriticalNotifyCompletion
        where TState : IAsyncStateMachine => awaiter.UnsafeOnCompleted(PooledMethod<TState, TResult>.Suspend(ref _method, ref state));
}

/// <summary>The same for a method without a result.</summary>
[SuppressMessage("Performance", "CA1822", Justification = "The compiler calls these members on an instance.")]
internal struct PooledMethodBuilder
{
    private PooledMethod<bool>? _method;

    /// <summary>The task of the method.</summary>
    public readonly ValueTask Task => _method is { } method ? new(method, method.Version) : default;

    /// <summary>Creates a builder.</summary>
    public static PooledMethodBuilder Create() => default;

    /// <summary>Runs the method to its first wait.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Start<TState>(ref TState state)
        where TState : IAsyncStateMachine => state.MoveNext();

    /// <summary>Does nothing: only boxed state needs the call.</summary>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }

    /// <summary>Completes the method.</summary>
    public readonly void SetResult() => _method?.Complete(true);

    /// <summary>Completes the method with an exception.</summary>
    public void SetException(Exception exception) => (_method ??= new PooledMethod<bool>()).Fail(exception);

    /// <summary>Continues the method when <paramref name="awaiter"/> completes.</summary>
    public void AwaitOnCompleted<TAwaiter, TState>(ref TAwaiter awaiter, ref TState state)
        where TAwaiter : INotifyCompletion
        where TState : IAsyncStateMachine => awaiter.OnCompleted(PooledMethod<TState, bool>.Suspend(ref _method, ref state));

    /// <summary>Continues the method when <paramref name="awaiter"/> completes.</summary>
    public void AwaitUnsafeOnCompleted<TAwaiter, TState>(ref TAwaiter awaiter, ref TState state)
        where TAwaiter : ICriticalNotifyCompletion
        where TState : IAsyncStateMachine => awaiter.UnsafeOnCompleted(PooledMethod<TState, bool>.Suspend(ref _method, ref state));
}
