using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Handles <c>Upgrade</c> (RFC 9110 §7.8), with which a client asks for another protocol on the connection:
/// <code>
/// any protocol (websocket, tcp, …) ─► forwarded as it came, with or without a body; a tunnel if the instance answers 101
/// h2c, HTTP/2.0, TLS/1.0           ─► removed from the list: their requests would pass unchecked. Answered in HTTP/1.1 if none is left
/// without Connection: upgrade, or in HTTP/1.0 ─► ignored
/// </code>
/// </summary>
internal sealed class UpgradeStep : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var head = exchange.Head;
        if (exchange.InboundConnection.IsHttp2)
        {
            exchange.IsUpgrade = head.Method == "CONNECT"; // an extended CONNECT, checked by the previous step
            return Verdict.Next;
        }

        var upgrade = head.Fields[KnownField.Upgrade];
        if (upgrade.Count == 0)
        {
            return Verdict.Next;
        }

        var forwarded = head.Version != MessageVersion.Http10 && UpgradeField.Has(head.Fields[KnownField.Connection], "upgrade")
            ? UpgradeField.Forwarded(upgrade)
            : default;
        if (forwarded.Count == 0)
        {
            head.Fields.Remove("Upgrade");
            return Verdict.Next;
        }

        if (forwarded != upgrade)
        {
            head.Fields.Set("Upgrade", forwarded.ToString());
        }

        exchange.IsUpgrade = true;
        return Verdict.Next;
    }
}
