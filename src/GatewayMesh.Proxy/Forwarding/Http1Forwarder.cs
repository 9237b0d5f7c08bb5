using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Hedging;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Forwards HTTP/1.1 as HTTP/1.1: the bytes that were decided on are the bytes that are sent. Other combinations of protocols go to another
/// forwarder.
/// </summary>
/// <param name="other">Forwarder of requests that arrive or leave as HTTP/2.</param>
internal sealed class Http1Forwarder(IForwarder other) : IForwarder
{
    /// <inheritdoc/>
    public ValueTask<MeshError> ForwardAsync(Exchange exchange) =>
        exchange.Response is ClientConnection client && exchange.Attempt is { Hedge: null, Hop.Upstream.Http1: { } pools }
            ? (client.Hop ??= new Http1Hop(exchange, client)).RunAsync(pools)
            : other.ForwardAsync(exchange);
}
