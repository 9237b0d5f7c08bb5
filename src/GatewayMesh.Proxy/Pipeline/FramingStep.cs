using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Rejects requests with message framing that must not be forwarded (RFC 9112), as far as the server's parser exposes it.
/// </summary>
internal sealed class FramingStep : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var headers = exchange.Http.Request.Headers;

        // Connection-specific fields (RFC 9113 §8.2.2): the server itself rejects Connection and TE, but not these.
        if (exchange.InboundConnection.IsHttp2)
        {
            return headers.TransferEncoding.Count > 0
                || headers.Upgrade.Count > 0
                || headers.KeepAlive.Count > 0
                || headers.ContainsKey("Proxy-Connection")
                ? Verdict.Fail(MeshErrorKind.RequestMalformed, "connection-specific field")
                : Verdict.Next;
        }

        if (exchange.InboundConnection.Head is { HasBareLineFeed: true })
        {
            exchange.Close = true;
            return Verdict.Fail(MeshErrorKind.RequestMalformed, "a line that ends without CR");
        }

        if (headers.TransferEncoding.Count == 0)
        {
            return Verdict.Next;
        }

        // The server moves the length of a request that is also chunked into this field: RFC 9112 §6.1, request smuggling.
        if (headers.ContainsKey("X-Content-Length"))
        {
            exchange.Close = true;
            return Verdict.Fail(MeshErrorKind.RequestMalformed, "Transfer-Encoding with Content-Length");
        }

        // The server removes the chunks but leaves other codings on the body, whose field is not forwarded (RFC 9112 §6.1).
        if (!TransferCodings.AreChunkedAlone(headers.TransferEncoding))
        {
            exchange.Close = true;
            return Verdict.Fail(MeshErrorKind.NotImplemented, "a transfer coding other than chunked");
        }

        return Verdict.Next;
    }
}
