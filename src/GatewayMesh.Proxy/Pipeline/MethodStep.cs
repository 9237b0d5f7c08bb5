using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Checks the method, which is case-sensitive (RFC 9110 §9.1). <c>delete</c> is not <c>DELETE</c>: rules do not match it, but the HTTP
/// client would write it in upper case after the decision. So a method that differs from a known one only in case is rejected.
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
                exchange.Close = !exchange.InboundConnection.IsHttp2; // on HTTP/2 the request is one stream, which ends by itself
                return Verdict.Fail(MeshErrorKind.MethodNotAllowed, "CONNECT");
            }

            exchange.Method = "GET";
            return Verdict.Next;
        }

        foreach (var known in Known)
        {
            if (exchange.Method.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                return exchange.Method == known
                    ? Verdict.Next
                    : Verdict.Fail(MeshErrorKind.NotImplemented, "methods are case-sensitive: use an upper-case method such as POST");
            }
        }

        return Verdict.Next;
    }

    // Extended CONNECT (RFC 8441): a WebSocket on an HTTP/2 stream, forwarded as an HTTP/1.1 upgrade.
    private static bool IsWebSocket(Exchange exchange) =>
        exchange.Head.ConnectProtocol == "websocket";
}
