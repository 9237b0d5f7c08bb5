using GatewayMesh.Proxy.Loops;

namespace GatewayMesh.Proxy.Streams;

/// <summary>
/// A connection as bytes, on its loop: plain or TLS. Used on the loop's thread only, except for <see cref="Abort"/> and
/// <see cref="Close"/>. One read and one write may be pending at a time, and neither allocates.
/// </summary>
/// <param name="socket">The connection.</param>
internal abstract class ByteStream(LoopSocket socket)
{
    /// <summary>Loop of the connection.</summary>
    public EventLoop Loop => socket.Loop;

    /// <summary>The connection below.</summary>
    public LoopSocket Socket => socket;

    /// <summary>True after <see cref="Abort"/> or <see cref="Close"/>.</summary>
    public bool IsClosed => socket.IsClosed;

    /// <summary>True if data, an end, or a failure is pending: an idle connection with input is not used again.</summary>
    public abstract bool HasInput { get; }

    /// <summary>Reads at least one byte.</summary>
    /// <param name="into">Memory for the bytes; not empty, and not used otherwise until the operation completes.</param>
    /// <returns>Number of bytes; 0 at the end of the peer's stream.</returns>
    /// <exception cref="IOException">The connection failed or was aborted.</exception>
    public abstract ValueTask<int> ReadAsync(Memory<byte> into);

    /// <summary>
    /// Waits for input without a buffer, so that an idle connection holds none. A read may still wait, for the rest of a TLS record.
    /// </summary>
    /// <exception cref="IOException">The connection was aborted.</exception>
    public abstract ValueTask WaitInputAsync();

    /// <summary>Writes both parts, together if possible. Completes when the kernel has all bytes.</summary>
    /// <param name="first">First part; unchanged until the operation completes.</param>
    /// <param name="second">Second part; unchanged until the operation completes. Default: empty.</param>
    /// <exception cref="IOException">The connection failed or was aborted.</exception>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default);

    /// <summary>Ends this side's stream in order; reading continues (half-close). No write may be pending.</summary>
    /// <exception cref="IOException">The connection failed or was aborted.</exception>
    public abstract ValueTask EndWritingAsync();

    /// <summary>Cancels the pending read or wait for input, which fails with <see cref="OperationCanceledException"/>.</summary>
    public abstract void CancelRead();

    /// <summary>Asks the kernel whether nothing has arrived, for a request that must not be lost on an idle connection.</summary>
    public virtual bool IsSilent() => !HasInput && socket.IsSilent();

    /// <summary>Sets the watcher of an idle connection; null: none.</summary>
    public abstract void Watch(IInputWatcher? watcher);

    /// <summary>Resets the connection; pending operations fail. Any thread may call.</summary>
    public virtual void Abort() => socket.Abort();

    /// <summary>Closes the connection; bytes that were written are still delivered. Any thread may call.</summary>
    public virtual void Close() => socket.Close();
}
