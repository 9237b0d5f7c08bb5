using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Proxy.Edge;
using GatewayMesh.Proxy.Pipeline;
using Microsoft.AspNetCore.Http;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Sets <c>X-Forwarded-For/Proto/Host</c> and <c>X-Forwarded-Client-Cert</c> at the edge, where only trusted proxies are believed,
/// and extends them inside the mesh. <c>Forwarded</c> (RFC 7239) is never started here; a trusted one is extended because both accounts of
/// the same path must agree.
/// </summary>
internal static class ForwardedFor
{
    public const string For = "X-Forwarded-For";
    public const string Proto = "X-Forwarded-Proto";
    public const string Host = "X-Forwarded-Host";
    public const string Standard = "Forwarded";

    /// <summary>Writes the fields for the next hop into the request's own headers, from which they are copied.</summary>
    public static void Extend(Exchange exchange)
    {
        var headers = exchange.Http.Request.Headers;
        var peer = exchange.InboundConnection.Peer.IsIPv4MappedToIPv6
            ? exchange.InboundConnection.Peer.MapToIPv4()
            : exchange.InboundConnection.Peer;
        if (!exchange.Behaviour.AtTheEdge)
        {
            // A peer that names another client is itself appended, even an application on this host, so no caller inside the mesh can pass
            // as the edge.
            Append(headers, For, peer, always: false);
            Append(headers, Standard, peer, always: false);
            return;
        }

        var inbound = exchange.InboundConnection;
        var scheme = inbound.Tls is null ? "http" : "https";
        if (inbound.IsTrustedProxy)
        {
            Append(headers, For, peer, always: true);
            Append(headers, Standard, peer, always: false);
            headers.TryAdd(Proto, scheme);
            headers.TryAdd(Host, exchange.Host);
        }
        else
        {
            headers[For] = peer.ToString();
            headers[Proto] = scheme;
            headers[Host] = exchange.Host;
        }

        if (inbound.Edge?.Spec.Tls is { ClientCertificates: not ClientCertificates.None }
            && inbound.Tls?.ForwardedCertificate is { } certificate)
        {
            headers[ClientCertificateField.Name] = certificate;
        }
    }

    private static void Append(IHeaderDictionary headers, string name, IPAddress peer, bool always)
    {
        if (headers.TryGetValue(name, out var chain) && chain.Count > 0)
        {
            headers[name] = $"{chain}, {ElementOf(name, peer)}";
        }
        else if (always)
        {
            headers[name] = ElementOf(name, peer);
        }
    }

    private static string ElementOf(string name, IPAddress peer) =>
        ReferenceEquals(name, For)
            ? peer.ToString()
            : peer.AddressFamily == AddressFamily.InterNetworkV6
            ? $"for=\"[{peer}]\""
            : $"for={peer}";
}
