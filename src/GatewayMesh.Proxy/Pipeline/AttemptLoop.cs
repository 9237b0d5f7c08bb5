using GatewayMesh.Configuration.Policies.SidecarBypass;
using GatewayMesh.Proxy.Authorization;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.Identity;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// The one layer that tries again:
/// <code>
/// (share of requests) ──► a gateway ──not forwarded──┐ (or lost on the way, and idempotent)
///                                                    ▼
///                          pick ──► forward ──ok──► done
///                            ▲         │
///                            └─ Attempts.TryNext: not forwarded, or idempotent; another instance; attempts, time and budget left
///
/// every sidecar of the callee out of reach, and sidecarBypass: gateway ──► a gateway ──► the application
/// </code>
/// </summary>
internal sealed class AttemptLoop(DataPlaneOptions options, IForwarder forwarder, UpstreamPools upstreams, PowerOfTwoChoices balancer, BypassedSidecars bypassed, SplitMix random, RetryBudget budget, MeshMetrics metrics, ICallerIdentity identity)
{
    private static readonly Func<Exchange, MeshError, bool> DropForGatewayFallback = static (exchange, error) =>
        !error.Forwarded && !exchange.IsBodyBegun && error.Kind != MeshErrorKind.IntentionDenied; // what one door denies is not tried at another

    private static readonly Func<Exchange, MeshError, bool> DropForAnotherInstance = static (exchange, error) =>
        exchange.Tried.Count < exchange.Route.Instances.All.Length
        && !exchange.Deadline.IsOver
        && exchange.Attempts.MayTryAgain(Facts(exchange, error)) == RetryVerdict.Allowed;

    /// <summary>Forwards the request; <see cref="MeshError.None"/> when an answer was passed on.</summary>
    public async ValueTask<MeshError> RunAsync(Exchange exchange)
    {
        exchange.StartClock();
        if (exchange.Behaviour.GatewayShare > 0 && random.NextDouble() < exchange.Behaviour.GatewayShare && GatewaysFor(exchange) is { } gateways)
        {
            var error = await ThroughGatewayAsync(exchange, gateways).ConfigureAwait(false);
            if (!error.IsError || exchange.IsBodyBegun || exchange.Http.Response.HasStarted || (error.Forwarded && !MayGoOn(exchange, error)))
            {
                return error;
            }

            metrics.CountFailover(MeshTier.Gateway, MeshTier.Sidecar, error.Row.Reason);
        }

        if (exchange.Said.Bypass || bypassed.IsFirst(exchange))
        {
            var past = await PastSidecarsAsync(exchange).ConfigureAwait(false);
            if (!past.IsError || past.Forwarded || exchange.IsBodyBegun || past.Kind == MeshErrorKind.IntentionDenied)
            {
                return past;
            }
        }

        var direct = await DirectAsync(exchange, exchange.Route.Instances, exchange.Route.Kind).ConfigureAwait(false);
        if (!BypassedSidecars.IsWorthATry(exchange, direct) || !(direct.Forwarded ? MayGoOn(exchange, direct) : budget.TryTake()))
        {
            return direct;
        }

        var last = await PastSidecarsAsync(exchange).ConfigureAwait(false);
        return last.Kind == MeshErrorKind.NoEndpoint ? direct : last;
    }

    // A gateway dials the applications; everybody else asks a gateway to. NoEndpoint: there is no such way.
    private ValueTask<MeshError> PastSidecarsAsync(Exchange exchange)
    {
        if (exchange.Behaviour.Direction == RequestDirection.Gateway)
        {
            return exchange.Route.Policy.SidecarBypass == SidecarBypassMode.Gateway && bypassed.Behind(exchange.Route.Instances) is { } applications
                ? DirectAsync(exchange, applications, TargetKind.Application)
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
        var group = options.GatewayGroups.GetValueOrDefault(exchange.Arrival.Listener.Service ?? "", "default");
        return exchange.Mesh.Endpoints.FindGateways(group) is { Healthy.IsEmpty: false } gateways ? gateways : null;
    }

    // A gateway that was lost on the way may have forwarded the request: going on is an attempt like any other.
    private bool MayGoOn(Exchange exchange, in MeshError error)
    {
        var verdict = Next(exchange, error);
        metrics.CountRetry(verdict);
        return verdict == RetryVerdict.Allowed;
    }

    // The constant share: a path that is never used does not work on the day it is needed. What it did not forward costs no attempt.
    private ValueTask<MeshError> ThroughGatewayAsync(Exchange exchange, EndpointSet gateways, bool bypass = false)
    {
        var tried = default(TriedEndpoints);
        balancer.TryPick(gateways, ref tried, out var lease);
        exchange.Tier = MeshTier.Gateway;
        exchange.MayDrop = bypass ? null : DropForGatewayFallback;
        return AttemptAsync(exchange, lease, TargetKind.MeshPeer, exchange.Asked, bypass);
    }

    private async ValueTask<MeshError> DirectAsync(Exchange exchange, EndpointSet instances, TargetKind target)
    {
        exchange.Tried = default;
        exchange.Tier = exchange.Behaviour.Tier;
        exchange.MayDrop = DropForAnotherInstance;
        while (true)
        {
            balancer.TryPick(instances, ref exchange.Tried, out var lease);
            var kind = target == TargetKind.MeshPeer && lease.Endpoint.IsBare ? TargetKind.BareInstance : target;
            if (!ForeignCallee.MaySee(options.GatewayService, exchange, lease.Endpoint))
            {
                lease.End(EndpointOutcome.Cancelled);
                return new MeshError(MeshErrorKind.IntentionDenied, Forwarded: false, $"the callee's proxy is not of this mesh and would see {options.GatewayService}, which may not call it");
            }

            var error = await AttemptAsync(exchange, lease, kind, destination: null).ConfigureAwait(false);
            if (!error.IsError)
            {
                return error;
            }

            if (exchange.Tried.Count >= instances.All.Length)
            {
                return exchange.Attempts.Settle(error);
            }

            var verdict = Next(exchange, error);
            metrics.CountRetry(verdict);
            if (verdict != RetryVerdict.Allowed)
            {
                return exchange.Attempts.Settle(error);
            }
        }
    }

    private async ValueTask<MeshError> AttemptAsync(Exchange exchange, EndpointLease lease, TargetKind kind, string? destination, bool bypass = false)
    {
        var protocol = HopProtocol.Of(exchange, kind);
        var upstream = upstreams.Rent(new UpstreamKey(
            identity.OwnNameFor(exchange), lease.Endpoint.Address, kind, protocol, protocol == WireProtocol.Http1 && exchange.SendsAStream, identity.PeerOf(exchange, kind, destination is not null)) { Datacenter = lease.Endpoint.Datacenter });
        var outcome = EndpointOutcome.Cancelled;
        var pass = default(AttemptPass);
        var error = MeshError.None;
        try
        {
            exchange.Hop = new Hop(lease, kind, upstream, destination, identity.SourceFor(exchange)) { Bypass = bypass };
            exchange.Answered = MeshError.None;
            exchange.Dropped = false;
            exchange.CallStatus = GrpcStatus.None;
            error = pass.Begin(exchange);
            if (pass.MustWait)
            {
                error = await pass.WaitAsync(exchange).ConfigureAwait(false);
            }

            if (!error.IsError)
            {
                error = await forwarder.ForwardAsync(exchange).ConfigureAwait(false);
            }

            outcome = EndpointEvidence.Of(error.IsError ? error.Kind : exchange.Answered.Kind);
            return error;
        }
        finally
        {
            pass.End(exchange, error);
            lease.End(outcome);
            upstream.Release();
        }
    }

    private RetryVerdict Next(Exchange exchange, in MeshError error)
    {
        var facts = Facts(exchange, error);
        return exchange.Attempts.MayTryAgain(facts) == RetryVerdict.Allowed && !exchange.Limit.TryBeginRetry()
            ? RetryVerdict.LimitReached
            : exchange.Attempts.TryNext(facts, exchange.Deadline, budget);
    }

    private static RetryFacts Facts(Exchange exchange, in MeshError error) =>
        new(error, Idempotence.Of(exchange.Http.Request.Method), BodyReplayable: !exchange.IsBodyBegun, exchange.Http.Response.HasStarted);
}
