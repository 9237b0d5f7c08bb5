using System.Threading.Tasks.Sources;

namespace GatewayMesh.Proxy.Loops;

/// <summary>
/// State of an awaitable operation that is used again and again by one thread: no lock, no allocation. The continuation runs inline in
/// <see cref="Complete"/> or <see cref="Fail"/>. Embedded in a class that implements <see cref="IValueTaskSource{TResult}"/>.
/// </summary>
/// <typeparam name="T">Type of the result.</typeparam>
internal struct LoopSource<T>
{
    private Action<object?>? _continuation;
    private object? _state;
    private T? _result;
    private Exception? _failure;
    private bool _completed;

    /// <summary>True between <see cref="Start"/> and the completion.</summary>
    public bool IsPending { get; private set; }

    /// <summary>Token of the current operation.</summary>
    public short Version { get; private set; }

    /// <summary>Begins an operation and returns its token.</summary>
    /// <exception cref="InvalidOperationException">The previous operation is pending, or its result has not been taken.</exception>
    public short Start()
    {
        if (IsPending || _completed)
        {
            throw new InvalidOperationException("An operation in this direction is already pending.");
        }

        IsPending = true;
        return Version;
    }

    /// <summary>Completes the pending operation.</summary>
    public void Complete(T result)
    {
        _result = result;
        Finish();
    }

    /// <summary>Completes the pending operation with an exception.</summary>
    public void Fail(Exception failure)
    {
        _failure = failure;
        Finish();
    }

    /// <summary>State of the operation with this token.</summary>
    public readonly ValueTaskSourceStatus GetStatus(short token)
    {
        Check(token);
        return !_completed ? ValueTaskSourceStatus.Pending
            : _failure is null ? ValueTaskSourceStatus.Succeeded
            : _failure is OperationCanceledException ? ValueTaskSourceStatus.Canceled
            : ValueTaskSourceStatus.Faulted;
    }

    /// <summary>Takes the result; the source can then start the next operation.</summary>
    public T GetResult(short token)
    {
        Check(token);
        if (!_completed)
        {
            throw new InvalidOperationException("The operation is pending.");
        }

        var (result, failure) = (_result, _failure);
        (_result, _failure, _continuation, _state, _completed) = (default, null, null, null, false);
        Version++;
        return failure is null ? result! : throw failure;
    }

    /// <summary>Sets the continuation.</summary>
    public void OnCompleted(Action<object?> continuation, object? state, short token)
    {
        Check(token);
        if (_completed)
        {
            continuation(state);
            return;
        }

        (_continuation, _state) = (continuation, state);
    }

    private void Finish()
    {
        IsPending = false;
        _completed = true;
        var (continuation, state) = (_continuation, _state);
        (_continuation, _state) = (null, null);
        continuation?.Invoke(state);
    }

    private readonly void Check(short token)
    {
        if (token != Version)
        {
            throw new InvalidOperationException("The operation is over; a ValueTask is awaited once.");
        }
    }
}
