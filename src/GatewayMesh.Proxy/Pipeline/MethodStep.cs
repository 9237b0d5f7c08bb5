using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Checks the method, which is case-sensitive (RFC 9110 §9.1): <c>delete</c> is not <c>DELETE</c>. HTTP/1.1 is decided on and forwarded as
/// it came. The HTTP client of HTTP/2 would write a known method in upper case after the decision, so one in another case is rejected.
/// </summary>
internal sealed class MethodStep : IStep
{
    /// <summary>Details of the error for a method that would be changed.</summary>
    public const string WrongCase = "methods are case-sensitive: use an upper-case method such as POST";

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

        return exchange.Head.IsHttp2 && IsInWrongCase(exchange.Method)
            ? Verdict.Fail(MeshErrorKind.NotImplemented, WrongCase)
            : Verdict.Next;
    }

    /// <summary>True if the method differs from a known one only in case, so that the HTTP client would change it.</summary>
    public static bool IsInWrongCase(string method) =>
        !Array.Exists(Known, known => known == method)
        && Array.Exists(Known, known => known.Equals(method, StringComparison.OrdinalIgnoreCase));

    // Extended CONNECT (RFC 8441): a WebSocket on an HTTP/2 stream, forwarded as an HTTP/1.1 upgrade.
    private static bool IsWebSocket(Exchange exchange) =>
        exchange.Head.ConnectProtocol == "websocket";
}
