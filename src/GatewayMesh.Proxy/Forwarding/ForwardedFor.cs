using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Proxy.Edge;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Sets <c>X-Forwarded-For/Proto/Host</c> and <c>X-Forwarded-Client-Cert</c> at the edge, where only trusted proxies may set them,
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
        var fields = exchange.Head.Fields;
        var peer = exchange.InboundConnection.Peer.IsIPv4MappedToIPv6
            ? exchange.InboundConnection.Peer.MapToIPv4()
            : exchange.InboundConnection.Peer;
        if (!exchange.Behavior.AtTheEdge)
        {
            // A peer that names another client is itself appended, even an application on this host, so no caller inside the mesh can pass
            // as the edge.
            if (fields.Contains(KnownField.XForwardedFor) || fields.Contains(KnownField.Forwarded))
            {
                Append(fields, For, peer, always: false);
                Append(fields, Standard, peer, always: false);
            }

            return;
        }

        var inbound = exchange.InboundConnection;
        var scheme = inbound.Tls is null ? "http" : "https";
        if (inbound.IsTrustedProxy)
        {
            Append(fields, For, peer, always: true);
            Append(fields, Standard, peer, always: false);
            Default(fields, Proto, scheme);
            Default(fields, Host, exchange.Host);
        }
        else
        {
            fields.Set(For, peer.ToString());
            fields.Set(Proto, scheme);
            fields.Set(Host, exchange.Host);
        }

        if (inbound.Edge?.Spec.Tls is { ClientCertificates: not ClientCertificates.None }
            && inbound.Tls?.ForwardedCertificate is { } certificate)
        {
            fields.Set(ClientCertificateField.Name, certificate);
        }
    }

    private static void Default(FieldTable fields, string name, string value)
    {
        if (!fields.Contains(name))
        {
            fields.Add(name, value);
        }
    }

    private static void Append(FieldTable fields, string name, IPAddress peer, bool always)
    {
        if (fields[name] is { Count: > 0 } chain)
        {
            fields.Set(name, $"{chain}, {ElementOf(name, peer)}");
        }
        else if (always)
        {
            fields.Add(name, ElementOf(name, peer));
        }
    }

    private static string ElementOf(string name, IPAddress peer) =>
        ReferenceEquals(name, For)
            ? peer.ToString()
            : peer.AddressFamily == AddressFamily.InterNetworkV6
            ? $"for=\"[{peer}]\""
            : $"for={peer}";
}
