using System.Threading.Tasks.Sources;

namespace GatewayMesh.Proxy.Loops;

/// <summary>One direction of a socket or a stream as an awaitable: at most one operation at a time, on the loop's thread.</summary>
internal sealed class LoopOperation : IValueTaskSource<int>, IValueTaskSource
{
    private LoopSource<int> _source;

    /// <summary>True while an operation waits.</summary>
    public bool IsPending => _source.IsPending;

    /// <summary>Begins an operation with a result.</summary>
    /// <exception cref="InvalidOperationException">An operation is pending.</exception>
    public ValueTask<int> Start() => new(this, _source.Start());

    /// <summary>Begins an operation without a result.</summary>
    /// <exception cref="InvalidOperationException">An operation is pending.</exception>
    public ValueTask StartVoid() => new(this, _source.Start());

    /// <summary>Completes the pending operation; its continuation runs inline.</summary>
    public void Complete(int result) => _source.Complete(result);

    /// <summary>Fails the pending operation; its continuation runs inline.</summary>
    public void Fail(Exception failure) => _source.Fail(failure);

    /// <inheritdoc/>
    public int GetResult(short token) => _source.GetResult(token);

    /// <inheritdoc/>
    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token);
}
