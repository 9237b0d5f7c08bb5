using GatewayMesh.Proxy.Messages;
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
        var fields = exchange.Head.Fields;

        // Connection-specific fields (RFC 9113 §8.2.2): the server itself rejects Connection and TE, but not these.
        if (exchange.InboundConnection.IsHttp2)
        {
            return fields.Contains(KnownField.TransferEncoding)
                || fields.Contains(KnownField.Upgrade)
                || fields.Contains(KnownField.KeepAlive)
                || fields.Contains(KnownField.ProxyConnection)
                ? Verdict.Fail(MeshErrorKind.RequestMalformed, "connection-specific field")
                : Verdict.Next;
        }

        if (exchange.Head.Refusal is { IsError: true } refusal)
        {
            exchange.Close = true;
            return new Verdict(refusal, null);
        }

        // The server removes the chunks but leaves other codings on the body, whose field is not forwarded (RFC 9112 §6.1).
        if (fields[KnownField.TransferEncoding] is { Count: > 0 } codings && !TransferCodings.AreChunkedAlone(codings))
        {
            exchange.Close = true;
            return Verdict.Fail(MeshErrorKind.NotImplemented, "a transfer coding other than chunked");
        }

        return Verdict.Next;
    }
}
