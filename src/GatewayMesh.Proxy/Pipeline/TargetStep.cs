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
        if (!RequestTarget.TryRead(raw, out var target))
        {
            return raw == "*" ? Verdict.Reply(Asterisk) : Verdict.Fail(MeshErrorKind.RequestMalformed, "request target");
        }

        exchange.Target = target;
        if (exchange.Behaviour.AtTheEdge && exchange.Host.Length == 0)
        {
            return Verdict.Fail(MeshErrorKind.RequestMalformed, "no host");
        }

        return Verdict.Next;
    }
}
