using GatewayMesh.Proxy.Attempts;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Hedging;

/// <summary>
/// The right of one attempt to send its request to further instances while none has responded:
/// <code>
/// the selected instance ────────────────── head? ──┐
///   └─ nothing after the delay ──► another ── head? ──┴─► the first good response; the others are canceled
/// </code>
/// The client therefore always receives exactly one response. The attempt's and the request's timers cover all of the sends.
/// </summary>
internal sealed class Hedge(
    Exchange exchange,
    EndpointSet instances,
    TargetKind target,
    HopSelector hops,
    RetryDecider decider,
    LatencyWindow latencies,
    MeshMetrics metrics)
{
    /// <summary>Time without a response after which another send begins; null for never (too few latencies are known).</summary>
    public TimeSpan? Delay =>
        exchange.Route.Policy.Hedging is { } hedging
            ? hedging.Delay ?? (hedging.Quantile is { } share ? latencies.Quantile(share) : null)
            : null;

    /// <summary>Maximum number of further sends.</summary>
    public int Max => exchange.Route.Policy.Hedging.MaxHedges;

    /// <summary>
    /// Selects the instance of a further send, which counts as an attempt and spends the budgets, and takes its permits under the limits of
    /// the service; false if none is allowed.
    /// </summary>
    /// <param name="hasBody">True if the request has content, which must be buffered as a whole.</param>
    /// <param name="hop">Hop of the send.</param>
    /// <param name="pass">Permits of the send.</param>
    public bool TryNext(bool hasBody, out Hop hop, out AttemptPass pass)
    {
        (hop, pass) = (default, default);
        var (tried, untried) = (exchange.Tried, exchange.Untried);
        if ((!hasBody || exchange.Replay.IsWhole)
            && untried > 0
            && exchange.Attempts.CanHedge
            && hops.TrySelect(exchange, instances, target, out hop, out _))
        {
            if (TryBegin(hop, ref pass))
            {
                return true;
            }

            hop.Lease.End(EndpointOutcome.Cancelled, answered: true);
            hop.Upstream.Release();
        }

        (exchange.Tried, exchange.Untried) = (tried, untried);
        Count(HedgeOutcome.Refused);
        return false;
    }

    /// <summary>True if a response is passed on at once; false waits for the response of another send, if there is one.</summary>
    public bool IsGood(in Hop hop, ResponseHead answer)
    {
        var retries = exchange.Route.Policy.Retries;
        return answer.Status < 500 && !RetryTriggers.NamesStatus(retries, answer.Status)
            && !(hop.Kind == TargetKind.MeshPeer && answer.Fields.Contains(KnownField.ProxyStatus))
            && !(exchange.IsGrpc
                && answer.Fields[KnownField.GrpcStatus] is [{ } status, ..]
                && RetryTriggers.NamesGrpc(retries, GrpcStatus.Read(status)));
    }

    /// <summary>Records the time to the response, from the first send on, so that a request that a hedge saved counts as slow.</summary>
    public void Answered(TimeSpan latency) => latencies.Add(latency);

    /// <summary>Counts the result of a send.</summary>
    public void Count(HedgeOutcome outcome) => metrics.CountHedge(outcome);

    // The budgets come last, because checking them spends.
    private bool TryBegin(in Hop hop, ref AttemptPass pass)
    {
        if (!pass.TryBeginHedge(exchange, hop))
        {
            return false;
        }

        if (decider.TryHedge(exchange))
        {
            return true;
        }

        pass.EndUnused();
        return false;
    }
}
