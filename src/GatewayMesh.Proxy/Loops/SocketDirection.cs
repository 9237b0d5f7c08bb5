using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Loops;

/// <summary>Pending operation of one direction of a <see cref="LoopSocket"/>, with its waiter. At most one at a time.</summary>
/// <param name="call">Name of the system call, for failures.</param>
internal class SocketDirection(string call)
{
    private readonly LoopOperation _operation = new();
    private Action<object?>? _callback;
    private object? _state;

    /// <summary>The pending operation.</summary>
    public SocketWait Wait { get; private set; }

    /// <summary>True if an operation is pending.</summary>
    public bool IsPending => Wait != SocketWait.None;

    /// <summary>Requires that no operation is pending.</summary>
    /// <exception cref="InvalidOperationException">An operation is pending.</exception>
    public void CheckFree()
    {
        if (IsPending)
        {
            throw new InvalidOperationException("An operation in this direction is already pending.");
        }
    }

    /// <summary>Begins to wait for a receive with a number of bytes.</summary>
    public ValueTask<int> StartReceive()
    {
        var task = _operation.Start();
        Wait = SocketWait.Transfer;
        return task;
    }

    /// <summary>Begins to wait for a send of all bytes.</summary>
    public ValueTask StartSend()
    {
        var task = _operation.StartVoid();
        Wait = SocketWait.Transfer;
        return task;
    }

    /// <summary>Begins to wait for readiness.</summary>
    public ValueTask StartReadiness()
    {
        var task = _operation.StartVoid();
        Wait = SocketWait.Readiness;
        return task;
    }

    /// <summary>Begins to wait for readiness with a callback.</summary>
    public void StartCallback(Action<object?> callback, object? state)
    {
        CheckFree();
        (_callback, _state, Wait) = (callback, state, SocketWait.Callback);
    }

    /// <summary>Ends a transfer with its result, or a negative error number.</summary>
    public void CompleteTransfer(int result)
    {
        Wait = SocketWait.None;
        if (result >= 0)
        {
            _operation.Complete(result);
        }
        else
        {
            _operation.Fail(StreamSocket.Failure(call, result));
        }
    }

    /// <summary>
    /// Cancels the pending operation, which fails with <see cref="OperationCanceledException"/>; a callback does not run.
    /// </summary>
    public void Cancel()
    {
        var wait = Wait;
        (_callback, _state, Wait) = (null, null, SocketWait.None);
        if (wait is SocketWait.Transfer or SocketWait.Readiness)
        {
            _operation.Fail(new OperationCanceledException("The operation was canceled."));
        }
    }

    /// <summary>Ends a wait for readiness; on a closed connection, an operation fails and a callback runs.</summary>
    public void CompleteReadiness(bool isClosed)
    {
        if (Wait == SocketWait.Readiness)
        {
            CompleteTransfer(isClosed ? StreamSocket.Aborted : 0);
            return;
        }

        var (callback, state) = (_callback!, _state);
        (_callback, _state, Wait) = (null, null, SocketWait.None);
        callback(state);
    }
}
