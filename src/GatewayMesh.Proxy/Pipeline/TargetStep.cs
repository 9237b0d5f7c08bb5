using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Routing;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Reads the request target (RFC 9112 §3.2), of HTTP/2 too. Rules and applications must read the same bytes, so a target holds none that servers trim, decode or cut at.</summary>
internal sealed class TargetStep : IStep
{
    // "OPTIONS *" asks the server as such, and towards the client that is this proxy.
    private static readonly LocalAnswer Asterisk = new(204, "", null);

    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var raw = exchange.Http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (raw == RequestTarget.Asterisk && exchange.Behaviour.FromMeshPeer)
        {
            exchange.Target = new RequestTarget(raw, null); // the proxies before this one have passed it on to the application
            return Verdict.Next;
        }

        if (!RequestTarget.TryRead(raw, out var target))
        {
            return raw == RequestTarget.Asterisk ? Verdict.Reply(Asterisk) : Verdict.Fail(MeshErrorKind.RequestMalformed, "request target");
        }

        exchange.Target = exchange.Method == "OPTIONS" && IsServer(raw) ? target with { PathAndQuery = RequestTarget.Asterisk } : target;
        if (exchange.Behaviour.AtTheEdge && exchange.Host.Length == 0)
        {
            return Verdict.Fail(MeshErrorKind.RequestMalformed, "no host");
        }

        return Verdict.Next;
    }

    // "OPTIONS http://name" without path and query goes on as "*" (RFC 9112 §3.2.4).
    private static bool IsServer(string raw) =>
        raw.IndexOf("://", StringComparison.Ordinal) is > 0 and var scheme && raw.AsSpan(scheme + 3).IndexOfAny('/', '?', '#') < 0;
}
