using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Enforces <c>limits.minRequestBodyDataRate</c> on request bodies. gRPC calls and streams after an upgrade are exempt because silence is
/// normal for them; the policy's idle timeout (<c>timeouts.idle</c>) bounds those.
/// </summary>
internal sealed class PaceStep(LimitsSpec limits, TimeProvider time) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (limits.MinRequestBodyDataRate is > 0 and { } rate && SendsBody(exchange) && !exchange.IsGrpc)
        {
            exchange.Body = new PacedBody(exchange.Body, exchange.Response, rate, limits.RequestBodyGrace, time);
        }

        return Verdict.Next;
    }

    // The content of an upgrade in HTTP/1.1 ends before the other protocol begins.
    private static bool SendsBody(Exchange exchange) =>
        exchange.IsUpgrade ? !exchange.InboundConnection.IsHttp2 && exchange.Head.HasBody : exchange.SendsAStream;
}
