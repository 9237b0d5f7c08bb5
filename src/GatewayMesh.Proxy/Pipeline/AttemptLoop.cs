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
/// Makes the attempts of a request. The only layer that retries:
/// <code>
/// (share of requests) ──► a gateway ──not forwarded──┐ (or lost in transit, and idempotent)
///                                                    ▼
///                          select ──► forward ──ok──► done
///                            ▲         │
///                            └─ wait ◄─┴─ RetryDecider: resend safe, failure named by the policy, another instance, time, budget
///                                 (after the first failure: the policy's retry strategy)
///
/// all sidecars of the callee unreachable, and sidecarBypass: gateway ──► a gateway ──► the application
/// </code>
/// </summary>
internal sealed class AttemptLoop(
    DataPlaneOptions options,
    IForwarder forwarder,
    UpstreamPools upstreams,
    EndpointPicker picker,
    BypassedSidecars bypassed,
    SplitMix random,
    RetryDecider decider,
    LatencyWindows latencies,
    MeshMetrics metrics,
    ICallerIdentity identity,
    RefusedAddresses refused)
{
    private static readonly Func<Exchange, MeshError, HttpResponseMessage, bool> DropForGatewayFallback = static (exchange, error, _) =>
        // A call that one proxy denies is not tried at another.
        error.IsError && !error.Forwarded && exchange.CanGoElsewhere && error.Kind != MeshErrorKind.IntentionDenied;

    private readonly Func<Exchange, MeshError, HttpResponseMessage, bool> _dropForAnotherInstance = decider.Drops;
    private readonly RetryStrategies _strategies = new(options.Time);

    /// <summary>Forwards the request. Returns <see cref="MeshError.None"/> if a response was passed on.</summary>
    public async ValueTask<MeshError> RunAsync(Exchange exchange)
    {
        if (!BuffersBody(exchange))
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

    /// <summary>Makes one attempt at one instance and decides whether another follows.</summary>
    public async ValueTask<AttemptEnd> TryOnceAsync(Exchange exchange, EndpointSet instances, TargetKind target)
    {
        picker.TryPick(instances, HashedRequest.Of(exchange, instances.Policy.LoadBalancing), ref exchange.Tried, out var lease);
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
                new MeshError(
                    MeshErrorKind.IntentionDenied,
                    Forwarded: false,
                    $"the callee's proxy is not part of this mesh and would see {options.GatewayService} as the caller, which intentions "
                        + $"do not allow"),
                Follows: false,
                default);
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

    /// <summary>Selects the instance of a hedge; false if no hedge is allowed.</summary>
    public bool TryHedge(Exchange exchange, EndpointSet instances, TargetKind target, out Hop hop)
    {
        hop = default;
        if (!decider.TryHedge(exchange))
        {
            CountHedge(HedgeOutcome.Refused);
            return false;
        }

        picker.TryPick(instances, HashedRequest.Of(exchange, instances.Policy.LoadBalancing), ref exchange.Tried, out var lease);
        exchange.Untried--;
        if (!BareCallee.MayCall(options.EnforcesIntentions, exchange, lease.Endpoint)
            || !ForeignCallee.MaySee(options.GatewayService, exchange, lease.Endpoint))
        {
            lease.End(EndpointOutcome.Cancelled);
            return false;
        }

        hop = HopTo(
            exchange,
            lease,
            target == TargetKind.MeshPeer && lease.Endpoint.IsBare ? TargetKind.BareInstance : target,
            destination: null,
            bypass: false);
        return true;
    }

    /// <summary>Counts the result of a hedge.</summary>
    public void CountHedge(HedgeOutcome outcome) => metrics.CountHedge(outcome);

    private async ValueTask<MeshError> RouteAsync(Exchange exchange)
    {
        if (exchange.Behaviour.GatewayShare > 0
            && random.NextDouble() < exchange.Behaviour.GatewayShare
            && GatewaysFor(exchange) is { } gateways)
        {
            var error = await ThroughGatewayAsync(exchange, gateways).ConfigureAwait(false);
            if (!error.IsError
                || !exchange.CanGoElsewhere
                || exchange.Http.Response.HasStarted
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

        var direct = await DirectAsync(exchange, exchange.Route.Instances, exchange.Route.Kind).ConfigureAwait(false);
        if (!BypassedSidecars.IsWorthATry(exchange, direct) || !MayBypass(exchange, direct))
        {
            return direct;
        }

        var last = await PastSidecarsAsync(exchange).ConfigureAwait(false);
        return last.Kind == MeshErrorKind.NoEndpoint ? direct : last;
    }

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
        return error.Forwarded ? decider.Follows(exchange, error) : decider.TryPay(exchange);
    }

    // A gateway dials the applications; other roles ask a gateway to do so. Returns NoEndpoint if there is no such route.
    private ValueTask<MeshError> PastSidecarsAsync(Exchange exchange)
    {
        if (exchange.Behaviour.Direction == RequestDirection.Gateway)
        {
            return exchange.Route.Policy.SidecarBypass == SidecarBypassMode.Gateway
                && bypassed.Behind(exchange.Route.Instances) is { } applications
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

    // A constant share of requests uses a gateway, because an unused path does not work on the day it is needed. A request that the gateway
    // did not forward costs no attempt.
    private ValueTask<MeshError> ThroughGatewayAsync(Exchange exchange, EndpointSet gateways, bool bypass = false)
    {
        var tried = default(TriedEndpoints);
        picker.TryPick(gateways, ref tried, out var lease);
        exchange.Tier = MeshTier.Gateway;
        // A gateway that was lost in transit may have forwarded the request, so continuing is an attempt like any other.
        exchange.Untried = exchange.Route.Instances.All.Length;
        exchange.MayDrop = bypass ? null : DropForGatewayFallback;
        return AttemptAsync(exchange, lease, TargetKind.MeshPeer, exchange.Asked, bypass);
    }

    private async ValueTask<MeshError> DirectAsync(Exchange exchange, EndpointSet instances, TargetKind target)
    {
        exchange.Tried = default;
        exchange.Tier = exchange.Behaviour.Tier;
        exchange.MayDrop = _dropForAnotherInstance;
        var first = await TryOnceAsync(exchange, instances, target).ConfigureAwait(false);
        return first.Follows ? await RetryAsync(exchange, instances, target, first).ConfigureAwait(false) : first.Error;
    }

    private async ValueTask<MeshError> RetryAsync(Exchange exchange, EndpointSet instances, TargetKind target, AttemptEnd first)
    {
        var context = ResilienceContextPool.Shared.Get(exchange.Http.RequestAborted);
        try
        {
            var strategy = _strategies.Of(exchange.Route.Policy.Retries);
            var outcome = await strategy.ExecuteOutcomeAsync(
                FurtherAttempts.Next, context, new FurtherAttempts(this, exchange, instances, target, first)).ConfigureAwait(false);
            if (outcome.Exception is OperationCanceledException && context.CancellationToken.IsCancellationRequested)
            {
                return new MeshError(MeshErrorKind.ClientGone, Forwarded: true); // during the wait
            }

            outcome.ThrowIfException();
            var last = outcome.Result;
            return !last.Follows ? last.Error
                // The policy now has fewer attempts than when the request arrived.
                : RetryDecider.Settle(
                    exchange, last.Error.IsError ? last.Error : new MeshError(MeshErrorKind.ResponseIncomplete, Forwarded: true));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async ValueTask<MeshError> AttemptAsync(
        Exchange exchange,
        EndpointLease lease,
        TargetKind kind,
        string? destination,
        bool bypass = false,
        HttpMessageInvoker? sender = null)
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
                : destination is not null ? EndpointOutcome.Success // a gateway that passes on an application's error is itself healthy
                : EndpointEvidence.OfAnswer(exchange.AnswerStatus, exchange.CallStatus);
            return error;
        }
        finally
        {
            pass.End(exchange, error);
            exchange.Hop.Lease.End(outcome, WaitedSince(exchange, error)); // the hedge's hop if the hedge won
            exchange.Hop.Upstream.Release();
        }
    }

    private static bool IsRefusedHere(Exchange exchange, in MeshError error) =>
        error.Kind == MeshErrorKind.AddressRefused && !exchange.Answered.IsError;

    // The instance counts as unreachable so that others are tried; its service has not failed.
    private EndpointOutcome RefuseAddress(Exchange exchange, in MeshError error)
    {
        var endpoint = exchange.Hop.Lease.Endpoint;
        refused.Log(endpoint, $"{endpoint.Address} resolves to an address that this node must not dial ({error.Details})");
        return EndpointOutcome.ConnectFailed;
    }

    // 0: the instance has responded, or the wait was not for the instance.
    private static long WaitedSince(Exchange exchange, in MeshError error) =>
        exchange.AnswerStatus == 0 && error.Kind is MeshErrorKind.ClientGone or MeshErrorKind.DeadlineExceeded ? exchange.WorkSince : 0;

    private Hop HopTo(Exchange exchange, EndpointLease lease, TargetKind kind, string? destination, bool bypass)
    {
        var protocol = HopProtocol.Of(exchange, kind);
        var upstream = upstreams.Rent(new UpstreamKey(
            identity.OwnNameFor(exchange),
            lease.Endpoint.Address,
            kind,
            protocol,
            protocol == WireProtocol.Http1 && exchange.SendsAStream,
            identity.PeerOf(exchange, kind, destination is not null))
            {
                Datacenter = lease.Endpoint.Datacenter,
                IsOwn = exchange.Route.Kind == TargetKind.Application,
            });
        return new Hop(lease, kind, upstream, destination, identity.SourceFor(exchange)) { Bypass = bypass };
    }
}
