using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Messages;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Handles <c>Upgrade</c> (RFC 9110 §7.8), with which a client asks for another protocol on the connection:
/// <code>
/// websocket (alone or with others) ─► forwarded as an upgrade        h2c, HTTP/2.0, TLS/1.0 ─► ignored, answered in HTTP/1.1
/// without Connection: upgrade, or in HTTP/1.0 ─► ignored           other protocols (tcp, …) ─► 501: the client would speak them next
/// </code>
/// </summary>
internal sealed class UpgradeStep : IStep
{
    private const string WebSocket = "websocket";

    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var head = exchange.Head;
        if (exchange.InboundConnection.IsHttp2)
        {
            exchange.IsUpgrade = head.Method == "CONNECT"; // an extended CONNECT, checked by the previous step
            return Verdict.Next;
        }

        var upgrade = head.Fields["Upgrade"];
        if (upgrade.Count == 0)
        {
            return Verdict.Next;
        }

        if (head.Version == MessageVersion.Http10 || !Has(head.Fields["Connection"], "upgrade"))
        {
            head.Fields.Remove("Upgrade");
            return Verdict.Next;
        }

        if (Has(upgrade, WebSocket))
        {
            return Tunnel(exchange);
        }

        if (!AreIgnorable(upgrade))
        {
            exchange.Close = true; // later bytes may already be in that protocol
            return Verdict.Fail(MeshErrorKind.NotImplemented, "an upgrade to a protocol other than websocket");
        }

        head.Fields.Remove("Upgrade");
        return Verdict.Next;
    }

    private static Verdict Tunnel(Exchange exchange)
    {
        if (exchange.Head.HasBody)
        {
            exchange.Close = true;
            return Verdict.Fail(MeshErrorKind.RequestMalformed, "a WebSocket with a body");
        }

        exchange.Head.Fields.Set("Upgrade", WebSocket); // the only forwarded protocol
        exchange.IsUpgrade = true;
        return Verdict.Next;
    }

    private static bool Has(StringValues lines, string name)
    {
        foreach (var line in lines)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                if (line.AsSpan(part).Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // Other versions of HTTP, and TLS below HTTP (RFC 2817): the client continues in HTTP/1.1 if no server switches.
    private static bool AreIgnorable(StringValues lines)
    {
        foreach (var line in lines)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                var protocol = line.AsSpan(part).Trim();
                var slash = protocol.IndexOf('/');
                var name = slash < 0 ? protocol : protocol[..slash];
                if (!protocol.IsEmpty
                    && !name.Equals("h2c", StringComparison.OrdinalIgnoreCase)
                    && !name.Equals("HTTP", StringComparison.OrdinalIgnoreCase)
                    && !name.Equals("TLS", StringComparison.OrdinalIgnoreCase))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
