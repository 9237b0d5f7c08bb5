using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>Supplies accepted connections to the server.</summary>
internal sealed class LentConnectionListener(
    EndPoint endPoint, ChannelReader<ConnectionContext> accepted, Action unbind) : IConnectionListener
{
    /// <inheritdoc/>
    public EndPoint EndPoint { get; } = endPoint;

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await accepted.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (accepted.TryRead(out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        unbind();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        unbind();
        return ValueTask.CompletedTask;
    }
}
