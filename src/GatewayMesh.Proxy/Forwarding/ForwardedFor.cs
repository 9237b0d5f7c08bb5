using System.Net;
using GatewayMesh.Proxy.Pipeline;
using Microsoft.AspNetCore.Http;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary><c>X-Forwarded-For/Proto/Host</c>: set at the edge, where only trusted proxies are believed, and extended inside.</summary>
internal sealed class ForwardedFor(IReadOnlyList<IPNetwork> trusted)
{
    public const string For = "X-Forwarded-For";
    public const string Proto = "X-Forwarded-Proto";
    public const string Host = "X-Forwarded-Host";

    /// <summary>Writes the fields for the next hop into the request's own headers, from where they are copied.</summary>
    public void Extend(Exchange exchange)
    {
        var headers = exchange.Http.Request.Headers;
        var peer = exchange.Arrival.Peer.IsIPv4MappedToIPv6 ? exchange.Arrival.Peer.MapToIPv4() : exchange.Arrival.Peer;
        if (!exchange.Behaviour.AtTheEdge)
        {
            // A loopback peer is the application of this host or its guard: it says nothing to anybody else.
            if (headers.TryGetValue(For, out var chain) && chain.Count > 0 && !IPAddress.IsLoopback(peer))
            {
                headers[For] = $"{chain}, {peer}";
            }

            return;
        }

        if (Trusts(peer))
        {
            headers[For] = headers.TryGetValue(For, out var chain) && chain.Count > 0 ? $"{chain}, {peer}" : peer.ToString();
            headers.TryAdd(Proto, exchange.Http.Request.Scheme);
            headers.TryAdd(Host, exchange.Host);
            return;
        }

        headers[For] = peer.ToString();
        headers[Proto] = exchange.Http.Request.Scheme;
        headers[Host] = exchange.Host;
    }

    private bool Trusts(IPAddress peer)
    {
        foreach (var network in trusted)
        {
            if (network.Contains(peer))
            {
                return true;
            }
        }

        return false;
    }
}
