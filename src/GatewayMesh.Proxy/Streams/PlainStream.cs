using GatewayMesh.Proxy.Loops;

namespace GatewayMesh.Proxy.Streams;

/// <summary>A connection without TLS.</summary>
/// <param name="socket">The connection.</param>
internal sealed class PlainStream(LoopSocket socket) : ByteStream(socket)
{
    /// <inheritdoc/>
    public override bool HasInput => Socket.HasInput;

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> into) => Socket.ReceiveAsync(into);

    /// <inheritdoc/>
    public override ValueTask WaitInputAsync() => Socket.WaitInputAsync();

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default) =>
        Socket.SendAsync(first, second);

    /// <inheritdoc/>
    public override ValueTask EndWritingAsync()
    {
        Socket.EndSending();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override void CancelRead() => Socket.CancelInput();

    /// <inheritdoc/>
    public override void Watch(IInputWatcher? watcher) => Socket.Watch(watcher);
}
