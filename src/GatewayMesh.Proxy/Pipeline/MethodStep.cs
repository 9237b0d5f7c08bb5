using GatewayMesh.Proxy.Errors;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// The method, which is case-sensitive (RFC 9110 §9.1). <c>delete</c> is another method than <c>DELETE</c>: rules do not match it, and the HTTP client would
/// write it in capitals after the decision. So what equals a known method but for case is refused.
/// </summary>
internal sealed class MethodStep : IStep
{
    private static readonly string[] Known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"];

    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (exchange.Method == "CONNECT")
        {
            if (!IsWebSocket(exchange))
            {
                exchange.Close = !exchange.InboundConnection.IsHttp2; // there it is one stream, and ends by itself
                return Verdict.Fail(MeshErrorKind.MethodNotAllowed, "CONNECT");
            }

            exchange.Method = "GET";
            return Verdict.Next;
        }

        foreach (var known in Known)
        {
            if (exchange.Method.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                return exchange.Method == known ? Verdict.Next : Verdict.Fail(MeshErrorKind.NotImplemented, "methods are case-sensitive: use an upper-case method such as POST");
            }
        }

        return Verdict.Next;
    }

    // Extended CONNECT (RFC 8441): a WebSocket on a stream of HTTP/2. It goes on as an upgrade of HTTP/1.1.
    private static bool IsWebSocket(Exchange exchange) =>
        exchange.Http.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" };
}
