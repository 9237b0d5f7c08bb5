using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Holds request bodies to <c>limits.minRequestBodyDataRate</c>. gRPC calls and upgrades are exempt, since silence is part of what they do; the idle time of
/// the policy (<c>timeouts.idle</c>) bounds those.
/// </summary>
internal sealed class PaceStep(LimitsSpec limits, TimeProvider time) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (limits.MinRequestBodyDataRate is > 0 and { } rate && exchange.SendsAStream && !exchange.IsUpgrade && !exchange.IsGrpc)
        {
            var http = exchange.Http;
            http.Request.Body = new PacedBody(http.Request.Body, http.Response, rate, limits.RequestBodyGrace, time);
        }

        return Verdict.Next;
    }
}
