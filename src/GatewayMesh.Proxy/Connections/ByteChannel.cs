using System.Runtime.CompilerServices;
using GatewayMesh.Proxy.Async;
using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Streams;

namespace GatewayMesh.Proxy.Connections;

/// <summary>
/// Both directions of a connection as bytes, for code that may have left the connection's loop: each operation begins and continues on the
/// loop. At most one read and one write are pending. Bytes that were received to decide on the protocol are read first.
/// </summary>
/// <param name="stream">The connection.</param>
internal sealed class ByteChannel(ByteStream stream)
{
    private const int MaxKept = 4096;

    private static readonly Action<object?> Canceling = static channel => ((ByteChannel)channel!).CancelRead();

    private ConnectionBuffer _kept = new(MaxKept);

    /// <summary>Loop of the connection.</summary>
    public EventLoop Loop => stream.Loop;

    /// <summary>True if data, an end, or a failure is pending. On the loop.</summary>
    public bool HasInput => !_kept.IsEmpty || stream.HasInput;

    /// <summary>True once the kernel has reported a failure or the end of both directions.</summary>
    public bool HasFailed => stream.Socket.HasFailed;

    /// <summary>Bytes received ahead by <see cref="ReceiveAsync"/>, at most 4 KiB. On the loop.</summary>
    public ReadOnlySpan<byte> Received => _kept.Span;

    /// <summary>Waits for bytes or the end, without a buffer.</summary>
    /// <exception cref="IOException">The connection failed or was aborted.</exception>
    /// <exception cref="OperationCanceledException">The wait was canceled by <see cref="CancelRead"/>.</exception>
    public ValueTask WaitInputAsync() =>
        !Loop.IsCurrent ? SwitchAndWaitAsync()
        : _kept.IsEmpty ? stream.WaitInputAsync()
        : ValueTask.CompletedTask;

    /// <summary>
    /// Waits for bytes or the end, unless there are bytes in <paramref name="received"/> already. An empty array is returned to the pool
    /// first, so that a connection that waits holds none. A read into <see cref="ConnectionBuffer.Room"/> follows.
    /// </summary>
    /// <exception cref="IOException">The connection failed or was aborted.</exception>
    /// <exception cref="OperationCanceledException">The wait was canceled by <see cref="CancelRead"/>.</exception>
    public ValueTask WaitInputAsync(ref ConnectionBuffer received)
    {
        received.Release();
        return received.IsEmpty ? WaitInputAsync() : ValueTask.CompletedTask;
    }

    /// <summary>Receives bytes; 0 at the end of the peer's stream.</summary>
    /// <exception cref="IOException">The connection failed or was aborted.</exception>
    /// <exception cref="OperationCanceledException">The read was canceled by <see cref="CancelRead"/>.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> into) =>
        !Loop.IsCurrent ? SwitchAndReadAsync(into)
        : _kept.IsEmpty ? stream.ReadAsync(into)
        : new(TakeReceived(into.Span));

    /// <summary>Receives more bytes ahead; false at the end of the peer's stream, or if there is no room. On the loop.</summary>
    /// <exception cref="IOException">The connection failed or was aborted.</exception>
    /// <exception cref="OperationCanceledException">The read was canceled by <see cref="CancelRead"/>.</exception>
    public async ValueTask<bool> ReceiveAsync()
    {
        await stream.WaitInputAsync().ConfigureAwait(false);
        var room = _kept.Room();
        var count = room.IsEmpty ? 0 : await stream.ReadAsync(room).ConfigureAwait(false);
        _kept.Add(count);
        return count > 0;
    }

    /// <summary>Consumes bytes that were received ahead. On the loop.</summary>
    public void Take(int count)
    {
        _kept.Take(count);
        _kept.Release();
    }

    /// <summary>Sends both parts, in one call if possible.</summary>
    /// <exception cref="IOException">The connection failed or was aborted.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default) =>
        Loop.IsCurrent ? stream.WriteAsync(first, second) : SwitchAndWriteAsync(first, second);

    /// <summary>Cancels the pending read or wait; nothing happens without one. From any thread.</summary>
    public void CancelRead()
    {
        if (Loop.IsCurrent)
        {
            stream.CancelRead();
        }
        else
        {
            Loop.Post(Canceling, this);
        }
    }

    /// <summary>True if the kernel has nothing from the peer, not even an end. On the loop.</summary>
    public bool IsSilent() => _kept.IsEmpty && stream.IsSilent();

    /// <summary>Sets the watcher of input while no read is pending; null: none. On the loop.</summary>
    public void Watch(IInputWatcher? watcher) => stream.Watch(watcher);

    /// <summary>Ends this side's stream after what was sent; reading continues.</summary>
    /// <exception cref="IOException">The connection failed or was aborted.</exception>
    public async ValueTask EndWritingAsync()
    {
        await Loop.SwitchTo();
        await stream.EndWritingAsync().ConfigureAwait(false);
    }

    /// <summary>Resets the connection. From any thread, any number of times.</summary>
    public void Abort() => stream.Abort();

    /// <summary>Closes the connection after what was sent. On the loop, any number of times.</summary>
    public void Close()
    {
        stream.Close();
        _kept.Drop();
    }

    private int TakeReceived(Span<byte> into)
    {
        var count = Math.Min(into.Length, _kept.Length);
        _kept.Span[..count].CopyTo(into);
        Take(count);
        return count;
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder))]
    private async ValueTask SwitchAndWaitAsync()
    {
        await Loop.SwitchTo();
        if (_kept.IsEmpty)
        {
            await stream.WaitInputAsync().ConfigureAwait(false);
        }
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<int> SwitchAndReadAsync(Memory<byte> into)
    {
        await Loop.SwitchTo();
        return _kept.IsEmpty ? await stream.ReadAsync(into).ConfigureAwait(false) : TakeReceived(into.Span);
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder))]
    private async ValueTask SwitchAndWriteAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second)
    {
        await Loop.SwitchTo();
        await stream.WriteAsync(first, second).ConfigureAwait(false);
    }
}
