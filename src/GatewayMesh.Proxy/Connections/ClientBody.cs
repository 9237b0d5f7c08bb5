using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Connections;

/// <summary>The body of a client's current request as a stream. Reused; asynchronous only.</summary>
internal sealed class ClientBody(ClientConnection connection) : AsyncReadStream
{
    /// <summary>Starts the next body.</summary>
    public Stream Begin() => this;

    /// <inheritdoc/>
    /// <exception cref="BodyFaultException">The content is malformed, too large, or was broken off.</exception>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.ReadBodyAsync(buffer, cancellationToken);
}
