using GatewayMesh.Proxy.Edge;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// Serves each accepted connection on its loop:
/// <code>
/// lent listeners ─► EdgeConnectionMiddleware ─► TlsConnectionMiddleware ─► TunnelConnectionMiddleware ─► ProtocolConnectionMiddleware
///                     PROXY header, shares        handshake                  guard's hello                 ├ HTTP/1.1: ClientConnection
///                                                                                                          └ HTTP/2: Kestrel's server
/// </code>
/// </summary>
internal sealed class ConnectionEntry(
    OpenConnections connections,
    EdgeConnectionMiddleware edge,
    TlsConnectionMiddleware tls,
    TunnelConnectionMiddleware tunnel,
    ProtocolConnectionMiddleware protocol,
    Action<Exception> failed)
{
    /// <summary>Serves a connection to its end. Called on the connection's loop; never fails.</summary>
    public async Task ServeAsync(InboundConnection inbound)
    {
        connections.Add(inbound);
        try
        {
            if (await edge.EnterAsync(inbound).ConfigureAwait(false)
                && await tls.AgreeAsync(inbound).ConfigureAwait(false)
                && await tunnel.GreetAsync(inbound).ConfigureAwait(false))
            {
                await protocol.ServeAsync(inbound).ConfigureAwait(false);
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            inbound.Abort();
        }
        catch (Exception failure)
        {
            failed(failure);
            inbound.Abort();
        }
        finally
        {
            await inbound.CloseAsync().ConfigureAwait(false);
            edge.Leave(inbound);
            connections.Remove(inbound);
        }
    }
}
