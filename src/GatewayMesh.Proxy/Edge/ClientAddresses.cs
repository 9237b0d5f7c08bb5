using System.Net;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Edge;

/// <summary>Finds the addresses of clients behind trusted proxies.</summary>
/// <param name="isTrustedProxy">True for the address of a trusted proxy.</param>
internal sealed class ClientAddresses(Func<IPAddress, bool> isTrustedProxy)
{
    /// <summary>
    /// Returns the address of the client: that of the connection, or where a trusted sender names clients, the last one in
    /// <c>X-Forwarded-For</c> that is not a trusted proxy. The client may have written those before it.
    /// </summary>
    public IPAddress Of(Exchange exchange)
    {
        var client = exchange.InboundConnection.Peer;
        if (!exchange.SpeaksOfClients || (exchange.Behavior.AtTheEdge && !exchange.InboundConnection.IsTrustedProxy))
        {
            return client;
        }

        var lines = exchange.Head.Fields[KnownField.XForwardedFor];
        for (var i = lines.Count - 1; i >= 0; i--)
        {
            var rest = lines[i].AsSpan();
            while (!rest.IsEmpty)
            {
                var comma = rest.LastIndexOf(',');
                if (!IPAddress.TryParse(rest[(comma + 1)..].Trim(), out var named))
                {
                    return client;
                }

                client = named;
                rest = comma < 0 ? [] : rest[..comma];
                if (!isTrustedProxy(named))
                {
                    return client;
                }
            }
        }

        return client;
    }
}
