using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>Content of a response as written by the forwarder of HTTP/2.</summary>
internal sealed class ClientResponseStream(ClientContext context, ClientConnection client) : AsyncWriteStream
{
    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        context.Begin();
        return client.WriteAsync(buffer);
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        context.Begin();
        return client.FlushAsync().AsTask();
    }
}
