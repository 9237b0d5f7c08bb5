using System.Runtime.CompilerServices;
using GatewayMesh.Configuration.Policies.SidecarBypass;
using GatewayMesh.Configuration.Policies.Tier;
using GatewayMesh.Proxy.Async;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Attempts;

/// <summary>
/// Selects the path of a request: directly to instances, or through a gateway.
/// <code>
/// (share of requests) ──► a gateway ──not forwarded──┐ (or lost in transit, and idempotent)
///                                                    ▼
///                                      instances, then those of failover targets (RetryLoop) ──ok──► done
/// all sidecars of the callee unreachable, and sidecarBypass: gateway ──► a gateway ──► the application
/// </code>
/// </summary>
internal sealed class PathSelector(
    DataPlaneOptions options,
    HopSelector hops,
    AttemptSender sender,
    RetryLoop retries,
    RetryDecider decider,
    BypassedSidecars bypassed,
    SplitMix random,
    MeshMetrics metrics)
{
    private static readonly Func<Exchange, MeshError, ResponseHead, bool> DropForGatewayFallback = static (exchange, error, _) =>
        // A call that one proxy denies is not tried at another.
        error.IsError && !error.Forwarded && exchange.CanGoElsewhere && error.Kind != MeshErrorKind.IntentionDenied;

    /// <summary>Forwards the request. Returns <see cref="MeshError.None"/> if a response was passed on.</summary>
    public ValueTask<MeshError> RunAsync(Exchange exchange) =>
        BuffersBody(exchange) ? BufferAsync(exchange) : RouteAsync(exchange);

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<MeshError> BufferAsync(Exchange exchange)
    {
        exchange.Replay.Begin(exchange.Body, (int)exchange.Route.Policy.Retries.BufferSize);
        try
        {
            return await RouteAsync(exchange).ConfigureAwait(false);
        }
        finally
        {
            exchange.Body = await exchange.Replay.EndAsync().ConfigureAwait(false);
        }
    }

    // A plain request goes to the instances and nowhere else.
    private ValueTask<MeshError> RouteAsync(Exchange exchange)
    {
        var policy = exchange.Route.Policy;
        var gateways = PrefersGateway(exchange, policy.Tier) ? GatewaysFor(exchange) : null;
        return gateways is null
            && !exchange.PeerHeaders.Bypass
            && (policy.SidecarBypass != SidecarBypassMode.Gateway || policy.Tier == TierChoice.Sidecar)
            ? retries.RunAsync(exchange, exchange.Route.Instances, exchange.Route.Kind)
            : SelectAsync(exchange, gateways);
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<MeshError> SelectAsync(Exchange exchange, EndpointSet? gateways)
    {
        if (gateways is not null)
        {
            var error = await ThroughGatewayAsync(exchange, gateways).ConfigureAwait(false);
            if (!error.IsError
                || !exchange.CanGoElsewhere
                || exchange.Response.HasStarted
                || (error.Forwarded && !decider.Follows(exchange, error)))
            {
                return error;
            }

            metrics.CountFailover(MeshTier.Gateway, MeshTier.Sidecar, error.Row.Reason);
        }

        if (exchange.PeerHeaders.Bypass || bypassed.IsFirst(exchange))
        {
            var past = await PastSidecarsAsync(exchange).ConfigureAwait(false);
            if (!past.IsError || past.Forwarded || !exchange.CanGoElsewhere || past.Kind == MeshErrorKind.IntentionDenied)
            {
                return past;
            }
        }

        var direct = await retries.RunAsync(exchange, exchange.Route.Instances, exchange.Route.Kind).ConfigureAwait(false);
        if (!BypassedSidecars.IsWorthATry(exchange, direct) || !MayBypass(exchange, direct))
        {
            return direct;
        }

        var last = await PastSidecarsAsync(exchange).ConfigureAwait(false);
        return last.Kind == MeshErrorKind.NoEndpoint ? direct : last;
    }

    // A gateway that has the request forwards it itself.
    private bool PrefersGateway(Exchange exchange, TierChoice tier) => tier switch
    {
        TierChoice.Auto => exchange.Behavior.GatewayShare > 0 && random.NextDouble() < exchange.Behavior.GatewayShare,
        TierChoice.Gateway => exchange.Behavior is { IsFirstProxy: true, Direction: not RequestDirection.Gateway },
        _ => false,
    };

    // Buffers a body if another attempt is possible. For this host's own application, which is a single instance, that requires a protocol
    // in which the application can report an unprocessed stream.
    private static bool BuffersBody(Exchange exchange) =>
        exchange.SendsAStream && !exchange.IsUpgrade && exchange.Route.Policy.Retries.BufferSize > 0
        && (exchange.Route.Kind != TargetKind.Application || HopProtocol.Of(exchange, TargetKind.Application) == WireProtocol.Http2)
        && exchange.Attempts.Number < exchange.Attempts.Max;

    // The bypass counts as another instance because it does not share the broken part.
    private bool MayBypass(Exchange exchange, in MeshError error)
    {
        exchange.Untried = 1;
        exchange.MayMove = false;
        return error.Forwarded ? decider.Follows(exchange, error) : decider.TrySpendBudget(exchange);
    }

    // A gateway dials the applications; other roles ask a gateway to do so. Returns NoEndpoint if there is no such path.
    private ValueTask<MeshError> PastSidecarsAsync(Exchange exchange)
    {
        if (exchange.KeyOwner is not null)
        {
            // Only the sidecar has the keys.
            return ValueTask.FromResult(new MeshError(MeshErrorKind.NoEndpoint, Forwarded: false, "idempotency keys are at the sidecar"));
        }

        if (exchange.Behavior.Direction == RequestDirection.Gateway)
        {
            return exchange.Route.Policy.SidecarBypass == SidecarBypassMode.Gateway
                && bypassed.Behind(exchange.Route.Instances) is { } applications
                ? retries.RunAsync(exchange, applications, TargetKind.Application)
                : ValueTask.FromResult(new MeshError(MeshErrorKind.NoEndpoint, Forwarded: false));
        }

        if (GatewaysFor(exchange) is not { } gateways)
        {
            return ValueTask.FromResult(new MeshError(MeshErrorKind.NoEndpoint, Forwarded: false));
        }

        metrics.CountFailover(MeshTier.Sidecar, MeshTier.Gateway, "sidecar_bypass");
        return ThroughGatewayAsync(exchange, gateways, bypass: true);
    }

    private EndpointSet? GatewaysFor(Exchange exchange)
    {
        var group = options.GatewayGroups.GetValueOrDefault(exchange.InboundConnection.Listener.Service ?? "", "default");
        return exchange.Mesh.Endpoints.FindGateways(group) is { Healthy.IsEmpty: false } gateways ? gateways : null;
    }

    // A constant share of requests uses a gateway, because an unused path does not work on the day it is needed. A request that the gateway
    // did not forward costs no attempt.
    private ValueTask<MeshError> ThroughGatewayAsync(Exchange exchange, EndpointSet gateways, bool bypass = false)
    {
        exchange.Tier = MeshTier.Gateway;
        exchange.MayMove = false;
        // A gateway that was lost in transit may have forwarded the request, so continuing is an attempt like any other.
        exchange.Untried = exchange.Route.Instances.All.Length;
        exchange.MayDrop = bypass ? null : DropForGatewayFallback;
        return sender.SendAsync(exchange, hops.SelectGateway(exchange, gateways, bypass));
    }
}
