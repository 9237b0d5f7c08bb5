using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Refuses what must not be forwarded: RFC 9112 on message framing and request targets, as far as the server's parser shows it.</summary>
internal sealed class FramingStep : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var request = exchange.Http.Request;
        if (HttpMethods.IsConnect(request.Method) && !IsWebSocket(exchange))
        {
            exchange.Close = !exchange.Arrival.IsHttp2; // there it is one stream, and ends by itself
            return Verdict.Fail(MeshErrorKind.MethodNotAllowed, "CONNECT");
        }

        // The server puts the length of a request that is chunked as well into this field: RFC 9112 §6.1, request smuggling.
        if (request.Headers.TransferEncoding.Count > 0 && request.Headers.ContainsKey("X-Content-Length"))
        {
            exchange.Close = true;
            return Verdict.Fail(MeshErrorKind.RequestMalformed, "Transfer-Encoding with Content-Length");
        }

        // Another connection's business (RFC 9113 §8.2.2): the server refuses Connection and TE by itself, and lets these pass.
        if (exchange.Arrival.IsHttp2
            && (request.Headers.TransferEncoding.Count > 0 || request.Headers.Upgrade.Count > 0 || request.Headers.KeepAlive.Count > 0 || request.Headers.ContainsKey("Proxy-Connection")))
        {
            return Verdict.Fail(MeshErrorKind.RequestMalformed, "connection-specific field");
        }

        var raw = exchange.Http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (!RequestTarget.TryRead(raw, out var target))
        {
            return raw == "*" ? Verdict.Reply(Asterisk) : Verdict.Fail(MeshErrorKind.RequestMalformed, "request target");
        }

        exchange.IsUpgrade = request.Headers.Upgrade.Count > 0 || HttpMethods.IsConnect(request.Method);
        exchange.Target = target;
        return Verdict.Next;
    }

    // Extended CONNECT (RFC 8441): a WebSocket on a stream of HTTP/2. It goes on as an upgrade of HTTP/1.1.
    private static bool IsWebSocket(Exchange exchange) =>
        exchange.Http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" };

    // "OPTIONS *" asks the server as such, and towards the client that is this proxy.
    private static readonly LocalAnswer Asterisk = new(204, "", null);
}
