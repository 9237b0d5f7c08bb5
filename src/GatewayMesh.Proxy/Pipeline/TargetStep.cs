using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Parses the request target (RFC 9112 §3.2), also on HTTP/2. Rules and applications must read the same bytes, so characters that servers
/// trim, decode, or cut at are rejected.
/// </summary>
internal sealed class TargetStep : IStep
{
    // "OPTIONS *" addresses the server itself, which is this proxy from the client's view.
    private static readonly LocalAnswer Asterisk = LocalAnswer.Empty(204);

    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var raw = exchange.Head.Target;
        if (raw == RequestTarget.Asterisk && exchange.Behavior.FromMeshPeer)
        {
            exchange.Target = new RequestTarget(raw, null); // the previous proxies have addressed it to the application
            return Verdict.Next;
        }

        if (!RequestTarget.TryRead(raw, out var target))
        {
            return raw == RequestTarget.Asterisk ? Verdict.Reply(Asterisk) : Verdict.Fail(MeshErrorKind.RequestMalformed, "request target");
        }

        exchange.Target = exchange.Method == "OPTIONS" && IsServer(raw) ? target with { PathAndQuery = RequestTarget.Asterisk } : target;
        if (exchange.Behavior.AtTheEdge && exchange.Host.Length == 0)
        {
            return Verdict.Fail(MeshErrorKind.RequestMalformed, "no host");
        }

        return Verdict.Next;
    }

    // "OPTIONS http://name" without path and query is forwarded as "*" (RFC 9112 §3.2.4).
    private static bool IsServer(string raw) =>
        raw.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme && raw.AsSpan(scheme + 3).IndexOfAny('/', '?', '#') < 0;
}
