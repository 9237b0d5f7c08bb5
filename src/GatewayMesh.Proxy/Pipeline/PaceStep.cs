using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Enforces <c>limits.minRequestBodyDataRate</c> on request bodies. gRPC calls and upgrades are exempt because silence is normal for them;
/// the policy's idle timeout (<c>timeouts.idle</c>) bounds those.
/// </summary>
internal sealed class PaceStep(LimitsSpec limits, TimeProvider time) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (limits.MinRequestBodyDataRate is > 0 and { } rate && exchange.SendsAStream && !exchange.IsUpgrade && !exchange.IsGrpc)
        {
            exchange.Body = new PacedBody(exchange.Body, exchange.Response, rate, limits.RequestBodyGrace, time);
        }

        return Verdict.Next;
    }
}
