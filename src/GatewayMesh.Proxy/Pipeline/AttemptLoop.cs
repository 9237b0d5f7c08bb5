using GatewayMesh.Configuration.Policies.SidecarBypass;
using GatewayMesh.Proxy.Authorization;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.Hedging;
using GatewayMesh.Proxy.Identity;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Upstreams;
using Polly;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// The one layer that tries again:
/// <code>
/// (share of requests) ──► a gateway ──not forwarded──┐ (or lost on the way, and idempotent)
///                                                    ▼
///                          pick ──► forward ──ok──► done
///                            ▲         │
///                            └─ wait ◄─┴─ RetryDecider: may it be sent again, does the policy name the failure, is there another instance, time, budget
///                                 (from the first failure on: the policy's retry strategy)
///
/// every sidecar of the callee out of reach, and sidecarBypass: gateway ──► a gateway ──► the application
/// </code>
/// </summary>
internal sealed class AttemptLoop(DataPlaneOptions options, IForwarder forwarder, UpstreamPools upstreams, EndpointPicker balancer, BypassedSidecars bypassed, SplitMix random, RetryDecider decider, LatencyWindows latencies, MeshMetrics metrics, ICallerIdentity identity, RefusedAddresses refused)
{
    private static readonly Func<Exchange, MeshError, HttpResponseMessage, bool> DropForGatewayFallback = static (exchange, error, _) =>
        error.IsError && !error.Forwarded && exchange.CanGoElsewhere && error.Kind != MeshErrorKind.IntentionDenied; // what one door denies is not tried at another

    private readonly Func<Exchange, MeshError, HttpResponseMessage, bool> _dropForAnotherInstance = decider.Drops;
    private readonly RetryStrategies _strategies = new(options.Time);

    /// <summary>Forwards the request; <see cref="MeshError.None"/> when an answer was passed on.</summary>
    public async ValueTask<MeshError> RunAsync(Exchange exchange)
    {
        if (!KeepsBody(exchange))
        {
            return await RouteAsync(exchange).ConfigureAwait(false);
        }

        exchange.Replay.Begin(exchange.Http.Request.Body, (int)exchange.Route.Policy.Retries.BufferSize);
        try
        {
            return await RouteAsync(exchange).ConfigureAwait(false);
        }
        finally
        {
            exchange.Http.Request.Body = await exchange.Replay.EndAsync().ConfigureAwait(false);
        }
    }

    /// <summary>One attempt at one instance, and what follows it.</summary>
    public async ValueTask<AttemptEnd> TryOnceAsync(Exchange exchange, EndpointSet instances, TargetKind target)
    {
        balancer.TryPick(instances, HashedRequest.Of(exchange, instances.Policy.LoadBalancing), ref exchange.Tried, out var lease);
        exchange.Untried = instances.All.Length - exchange.Tried.Count;
        var kind = target == TargetKind.MeshPeer && lease.Endpoint.IsBare ? TargetKind.BareInstance : target;
        if (!BareCallee.MayCall(options.EnforcesIntentions, exchange, lease.Endpoint))
        {
            lease.End(EndpointOutcome.Cancelled);
            return new AttemptEnd(new MeshError(MeshErrorKind.IntentionDenied, Forwarded: false), Follows: false, default);
        }

        if (!ForeignCallee.MaySee(options.GatewayService, exchange, lease.Endpoint))
        {
            lease.End(EndpointOutcome.Cancelled);
            return new AttemptEnd(
                new MeshError(MeshErrorKind.IntentionDenied, Forwarded: false, $"the callee's proxy is not of this mesh and would see {options.GatewayService}, which may not call it"), Follows: false, default);
        }

        var sender = kind != TargetKind.Application && RetryDecider.MayHedge(exchange)
            ? new HedgedInvoker(this, exchange, instances, target, latencies.Of(instances.Service), options.Time)
            : null;
        var error = await AttemptAsync(exchange, lease, kind, destination: null, sender: sender).ConfigureAwait(false);
        if (exchange.IsNextGranted || (error.IsError && decider.Follows(exchange, error)))
        {
            return new AttemptEnd(error, Follows: true, exchange.Wait);
        }

        return new AttemptEnd(error.IsError ? RetryDecider.Settle(exchange, error) : error, Follows: false, default);
    }

    /// <summary>The instance that a hedge goes to, when there may be one.</summary>
    public bool TryHedge(Exchange exchange, EndpointSet instances, TargetKind target, out Hop hop)
    {
        hop = default;
        if (!decider.TryHedge(exchange))
        {
            CountHedge(HedgeOutcome.Refused);
            return false;
        }

        balancer.TryPick(instances, HashedRequest.Of(exchange, instances.Policy.LoadBalancing), ref exchange.Tried, out var lease);
        exchange.Untried--;
        if (!BareCallee.MayCall(options.EnforcesIntentions, exchange, lease.Endpoint) || !ForeignCallee.MaySee(options.GatewayService, exchange, lease.Endpoint))
        {
            lease.End(EndpointOutcome.Cancelled);
            return false;
        }

        hop = HopTo(exchange, lease, target == TargetKind.MeshPeer && lease.Endpoint.IsBare ? TargetKind.BareInstance : target, destination: null, bypass: false);
        return true;
    }

    /// <summary>Counts what became of a hedge.</summary>
    public void CountHedge(HedgeOutcome outcome) => metrics.CountHedge(outcome);

    private async ValueTask<MeshError> RouteAsync(Exchange exchange)
    {
        if (exchange.Behaviour.GatewayShare > 0 && random.NextDouble() < exchange.Behaviour.GatewayShare && GatewaysFor(exchange) is { } gateways)
        {
            var error = await ThroughGatewayAsync(exchange, gateways).ConfigureAwait(false);
            if (!error.IsError || !exchange.CanGoElsewhere || exchange.Http.Response.HasStarted || (error.Forwarded && !decider.Follows(exchange, error)))
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

        var direct = await DirectAsync(exchange, exchange.Route.Instances, exchange.Route.Kind).ConfigureAwait(false);
        if (!BypassedSidecars.IsWorthATry(exchange, direct) || !MayGoPast(exchange, direct))
        {
            return direct;
        }

        var last = await PastSidecarsAsync(exchange).ConfigureAwait(false);
        return last.Kind == MeshErrorKind.NoEndpoint ? direct : last;
    }

    // A body is kept where there may be another attempt: on the way to this host's own application, which is one instance, only where it can say of a stream that
    // it did nothing with it.
    private static bool KeepsBody(Exchange exchange) =>
        exchange.SendsAStream && !exchange.IsUpgrade && exchange.Route.Policy.Retries.BufferSize > 0
        && (exchange.Route.Kind != TargetKind.Application || HopProtocol.Of(exchange, TargetKind.Application) == WireProtocol.Http2)
        && exchange.Attempts.Number < exchange.Attempts.Max;

    // The way past is another instance, in that it does not share what broke.
    private bool MayGoPast(Exchange exchange, in MeshError error)
    {
        exchange.Untried = 1;
        return error.Forwarded ? decider.Follows(exchange, error) : decider.TryPay(exchange);
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
        var group = options.GatewayGroups.GetValueOrDefault(exchange.InboundConnection.Listener.Service ?? "", "default");
        return exchange.Mesh.Endpoints.FindGateways(group) is { Healthy.IsEmpty: false } gateways ? gateways : null;
    }

    // The constant share: a path that is never used does not work on the day it is needed. What it did not forward costs no attempt.
    private ValueTask<MeshError> ThroughGatewayAsync(Exchange exchange, EndpointSet gateways, bool bypass = false)
    {
        var tried = default(TriedEndpoints);
        balancer.TryPick(gateways, ref tried, out var lease);
        exchange.Tier = MeshTier.Gateway;
        exchange.Untried = exchange.Route.Instances.All.Length; // a gateway that was lost on the way may have forwarded: going on is an attempt like any other
        exchange.MayDrop = bypass ? null : DropForGatewayFallback;
        return AttemptAsync(exchange, lease, TargetKind.MeshPeer, exchange.Asked, bypass);
    }

    private async ValueTask<MeshError> DirectAsync(Exchange exchange, EndpointSet instances, TargetKind target)
    {
        exchange.Tried = default;
        exchange.Tier = exchange.Behaviour.Tier;
        exchange.MayDrop = _dropForAnotherInstance;
        var first = await TryOnceAsync(exchange, instances, target).ConfigureAwait(false);
        return first.Follows ? await GoOnAsync(exchange, instances, target, first).ConfigureAwait(false) : first.Error;
    }

    private async ValueTask<MeshError> GoOnAsync(Exchange exchange, EndpointSet instances, TargetKind target, AttemptEnd first)
    {
        var context = ResilienceContextPool.Shared.Get(exchange.Http.RequestAborted);
        try
        {
            var strategy = _strategies.Of(exchange.Route.Policy.Retries);
            var outcome = await strategy.ExecuteOutcomeAsync(FurtherAttempts.Next, context, new FurtherAttempts(this, exchange, instances, target, first)).ConfigureAwait(false);
            if (outcome.Exception is OperationCanceledException && context.CancellationToken.IsCancellationRequested)
            {
                return new MeshError(MeshErrorKind.ClientGone, Forwarded: true); // while it waited
            }

            outcome.ThrowIfException();
            var last = outcome.Result;
            return !last.Follows ? last.Error
                : RetryDecider.Settle(exchange, last.Error.IsError ? last.Error : new MeshError(MeshErrorKind.ResponseIncomplete, Forwarded: true)); // the policy has fewer attempts than when the request came
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async ValueTask<MeshError> AttemptAsync(Exchange exchange, EndpointLease lease, TargetKind kind, string? destination, bool bypass = false, HttpMessageInvoker? sender = null)
    {
        exchange.Hop = HopTo(exchange, lease, kind, destination, bypass);
        exchange.Sender = sender;
        var outcome = EndpointOutcome.Cancelled;
        var pass = default(AttemptPass);
        var error = MeshError.None;
        try
        {
            exchange.Answered = MeshError.None;
            exchange.Dropped = false;
            exchange.CallStatus = GrpcStatus.None;
            exchange.StartAttempt();
            error = pass.Begin(exchange);
            if (pass.MustWait)
            {
                error = await pass.WaitAsync(exchange).ConfigureAwait(false);
            }

            if (!error.IsError)
            {
                error = await forwarder.ForwardAsync(exchange).ConfigureAwait(false);
            }

            outcome = IsRefusedHere(exchange, error) ? RefuseAddress(exchange, error)
                : error.IsError && !exchange.Dropped ? EndpointEvidence.OfAttempt(error)
                : exchange.Answered.IsError ? EndpointEvidence.Of(exchange.Answered.Kind)
                : destination is not null ? EndpointOutcome.Success // a gateway that passes an application's error on is well itself
                : EndpointEvidence.OfAnswer(exchange.AnswerStatus, exchange.CallStatus);
            return error;
        }
        finally
        {
            pass.End(exchange, error);
            exchange.Hop.Lease.End(outcome, WaitedSince(exchange, error)); // that of a hedge, where its answer was taken
            exchange.Hop.Upstream.Release();
        }
    }

    private static bool IsRefusedHere(Exchange exchange, in MeshError error) => error.Kind == MeshErrorKind.AddressRefused && !exchange.Answered.IsError;

    // The instance is as good as gone, so that others are asked; its service has not failed.
    private EndpointOutcome RefuseAddress(Exchange exchange, in MeshError error)
    {
        var endpoint = exchange.Hop.Lease.Endpoint;
        refused.Say(endpoint, $"{endpoint.Address} resolves to an address that this node never dials ({error.Details})");
        return EndpointOutcome.ConnectFailed;
    }

    // 0: the instance has answered, or it was not the instance that was waited for.
    private static long WaitedSince(Exchange exchange, in MeshError error) =>
        exchange.AnswerStatus == 0 && error.Kind is MeshErrorKind.ClientGone or MeshErrorKind.DeadlineExceeded ? exchange.WorkSince : 0;

    private Hop HopTo(Exchange exchange, EndpointLease lease, TargetKind kind, string? destination, bool bypass)
    {
        var protocol = HopProtocol.Of(exchange, kind);
        var upstream = upstreams.Rent(new UpstreamKey(
            identity.OwnNameFor(exchange), lease.Endpoint.Address, kind, protocol, protocol == WireProtocol.Http1 && exchange.SendsAStream, identity.PeerOf(exchange, kind, destination is not null)) { Datacenter = lease.Endpoint.Datacenter, IsOwn = exchange.Route.Kind == TargetKind.Application });
        return new Hop(lease, kind, upstream, destination, identity.SourceFor(exchange)) { Bypass = bypass };
    }
}
