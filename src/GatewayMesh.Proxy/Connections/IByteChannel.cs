namespace GatewayMesh.Proxy.Connections;

/// <summary>Both directions of a connection as bytes. At most one read and one write are pending.</summary>
internal interface IByteChannel
{
    /// <summary>Receives bytes; 0 at the end of the peer's stream. With an empty buffer, waits for bytes or the end.</summary>
    /// <exception cref="IOException">The connection failed or was aborted.</exception>
    /// <exception cref="OperationCanceledException">The read was canceled by <see cref="CancelRead"/>.</exception>
    ValueTask<int> ReadAsync(Memory<byte> into);

    /// <summary>Sends both parts, in one call if possible.</summary>
    /// <exception cref="IOException">The connection failed or was aborted.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default);

    /// <summary>Cancels the pending read, or the next one; the connection stays usable. From any thread.</summary>
    void CancelRead();

    /// <summary>Ends this side's stream after what was sent; reading continues.</summary>
    ValueTask EndWritingAsync();

    /// <summary>Resets the connection. From any thread, any number of times.</summary>
    void Abort();

    /// <summary>Closes the connection after what was sent. Any number of times.</summary>
    ValueTask CloseAsync();
}
