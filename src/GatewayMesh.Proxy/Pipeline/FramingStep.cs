using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Rejects requests with message framing that must not be forwarded (RFC 9112), as far as the server's parser exposes it.
/// </summary>
internal sealed class FramingStep : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var fields = exchange.Head.Fields;

        // Connection-specific fields (RFC 9113 §8.2.2): the server itself rejects Connection and TE, but not these.
        if (exchange.InboundConnection.IsHttp2)
        {
            return fields.Contains("Transfer-Encoding")
                || fields.Contains("Upgrade")
                || fields.Contains("Keep-Alive")
                || fields.Contains("Proxy-Connection")
                ? Verdict.Fail(MeshErrorKind.RequestMalformed, "connection-specific field")
                : Verdict.Next;
        }

        switch (exchange.Head.Fault)
        {
            case HeadFault.BareLineFeed:
                exchange.Close = true;
                return Verdict.Fail(MeshErrorKind.RequestMalformed, "a line that ends without CR");
            case HeadFault.LengthAndCoding:
                exchange.Close = true;
                return Verdict.Fail(MeshErrorKind.RequestMalformed, "Transfer-Encoding with Content-Length");
        }

        // The server removes the chunks but leaves other codings on the body, whose field is not forwarded (RFC 9112 §6.1).
        if (fields["Transfer-Encoding"] is { Count: > 0 } codings && !TransferCodings.AreChunkedAlone(codings))
        {
            exchange.Close = true;
            return Verdict.Fail(MeshErrorKind.NotImplemented, "a transfer coding other than chunked");
        }

        return Verdict.Next;
    }
}
