using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Proxy.Authorization;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Idempotency;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.RateLimiting;
using GatewayMesh.Proxy.Routing.Tree;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Attempts;

/// <summary>
/// Moves a request to a failover target of its resolver once the instances of the current target were tried:
/// <code>
/// target: available instance untried? ──yes──► stays
///           └─no─► next failover target: available? ─► allowed? ─► same checks? ─► breaker, limits, rate limits ─► move
///                    ▲                      └─────────── no ──────────┴───────────────────┘
///                    └──────────────────────────┘
/// </code>
/// A failover target is another service, subset, or datacenter. Everything that was decided about the first one is decided again, before a
/// response is dropped for the move. The deadline, the number of attempts, and the retry budget stay those of the request.
/// </summary>
/// <param name="options">Options of the data plane.</param>
/// <param name="running">Requests that intentions allow.</param>
/// <param name="metrics">Counts moves.</param>
internal sealed class FailoverTargets(DataPlaneOptions options, RunningExchanges running, MeshMetrics metrics)
{
    private readonly RateLimitDuty _rates = new(options.IngressService);

    /// <summary>
    /// Finds the next target of the request and takes its permits; false if the request stays at its current target. End a successful call
    /// with <see cref="Accept"/> or <see cref="Release"/>.
    /// </summary>
    /// <param name="exchange">The request.</param>
    /// <param name="move">The move.</param>
    public bool TryEnter(Exchange exchange, out TargetMove move)
    {
        move = default;
        var now = options.Time.GetTimestamp();
        if (!exchange.MayMove
            || exchange.KeyOwner is not null // only the instance that keeps the key knows whether the request ran
            || exchange.Route is not { Leaf: { } leaf, Rank: var rank, Instances: var current }
            || current.HasUntried(in exchange.Tried, now))
        {
            return false;
        }

        while (++rank < leaf.Targets.Length)
        {
            if (IsOpen(exchange, leaf.Targets[rank], now) && TryEnter(exchange, leaf.Targets[rank], ref move))
            {
                move.Rank = rank;
                return true;
            }
        }

        return false;
    }

    /// <summary>Decides on the move, which <see cref="Move"/> makes when the current attempt has ended.</summary>
    public static void Accept(Exchange exchange, in TargetMove move)
    {
        if (move.IsOtherService)
        {
            exchange.Limit.End(exchange.StartedAt, took: null);
            exchange.Limit = move.Limit;
        }

        exchange.Move = move;
    }

    /// <summary>Returns the permits of a move that is not made.</summary>
    public static void Release(Exchange exchange, in TargetMove move)
    {
        if (move.IsOtherService)
        {
            move.Limit.End(exchange.StartedAt, took: null);
            move.Rates?.Return(exchange, move.Tokens);
        }
    }

    /// <summary>
    /// Makes the move. Returns an error if intentions have changed since the decision and no longer allow the call.
    /// </summary>
    public MeshError Move(Exchange exchange)
    {
        var targets = exchange.Route.Leaf!.Targets;
        var move = exchange.Move;
        metrics.CountTargetFailover(targets[exchange.Route.Rank].Id, targets[move.Rank].Id, move.Reason);
        exchange.MoveTo(move.Rank, move.AllowedBy);
        return exchange.AllowedBy is null || running.Enter(exchange)
            ? MeshError.None
            : new MeshError(MeshErrorKind.IntentionDenied, Forwarded: exchange.Attempts.WasForwarded);
    }

    // Has a side effect: an unwatched target counts as used, so that the registry watches it from now on.
    private static bool IsOpen(Exchange exchange, LeafTarget target, long now)
    {
        if (target.Instances.IsDormant)
        {
            target.Instances.MarkUsed();
            return false;
        }

        return target.Instances.IsAvailable(now)
            && !(target.Policy.Idempotency.Enabled && exchange.Head.Fields.Contains(IdempotencyKeyField.Name));
    }

    private bool TryEnter(Exchange exchange, LeafTarget target, ref TargetMove move)
    {
        move = new TargetMove
        {
            IsOtherService = !target.Instances.Service.Equals(exchange.Route.Instances.Service, StringComparison.OrdinalIgnoreCase),
        };
        return IsAllowed(exchange, target.Instances, out move.AllowedBy)
            && HasPassedChecksOf(exchange, target)
            && TryEnterLimits(exchange, target, ref move);
    }

    // Where the callee's side decides, the caller's side only spares itself a denial that it can foresee.
    private bool IsAllowed(Exchange exchange, EndpointSet target, out IntentionTable? allowedBy)
    {
        allowedBy = null;
        if (!options.EnforcesIntentions)
        {
            return true;
        }

        var decidesHere = exchange.Behavior.Authorizes || target.HasBare;
        if (!exchange.Caller.Verified)
        {
            return !decidesHere;
        }

        var table = running.Intentions;
        if (!table.Decide(exchange.Caller.Service, target.Service, exchange.Permissions).Allowed)
        {
            return !decidesHere && (!table.IsKnown || !table.ProvidersOf(target.Service).IsEmpty);
        }

        allowedBy = table;
        return exchange.Behavior.Direction != RequestDirection.Gateway
            || !HasForeign(target)
            || table.Decide(options.GatewayService, target.Service, exchange.Permissions).Allowed;
    }

    private static bool HasForeign(EndpointSet target)
    {
        foreach (var state in target.All)
        {
            if (state.Model.IsForeign)
            {
                return true;
            }
        }

        return false;
    }

    // A token or an answer of an authorization service counts only for a target that requires the same one, and no other target gets its
    // fields. To verify another would take a wait, and the response of the current target may already be about to be dropped.
    private bool HasPassedChecksOf(Exchange exchange, LeafTarget target)
    {
        var route = exchange.Route;
        var isAuthorized = exchange.Behavior.Authorizes || BareCallee.IsAhead(exchange);
        return HasSameProviders(exchange, target.Instances, isAuthorized)
            && (isAuthorized || exchange.Behavior.AtTheEdge
                ? target.Checks == route.Leaf!.Targets[route.Rank].Checks
                : !target.Instances.HasBare || !(target.Policy.Jwt.IsOn || target.Policy.ExternalAuthorization.IsOn));
    }

    // The providers of intentions belong to the service: their tokens were verified, and forged fields with their claims were removed, for
    // the current service only, and only if its callers are authorized here.
    private bool HasSameProviders(Exchange exchange, EndpointSet target, bool isAuthorized)
    {
        if (!options.EnforcesIntentions || !(isAuthorized || target.HasBare))
        {
            return true;
        }

        var needed = running.Intentions.ProvidersOf(target.Service);
        var verified = isAuthorized ? exchange.Mesh.Snapshot.Intentions.ProvidersOf(exchange.Destination ?? "") : [];
        return needed.AsSpan().SequenceEqual(verified.AsSpan());
    }

    private bool TryEnterLimits(Exchange exchange, LeafTarget target, ref TargetMove move)
    {
        var service = target.Instances.Service;
        var limits = exchange.Behavior.LimitsCalls ? exchange.Mesh.Limits.Find(service) : null;
        if (limits?.Breaker is { IsRefusing: true })
        {
            return false;
        }

        if (!move.IsOtherService)
        {
            return true;
        }

        var criticality = exchange.PeerHeaders.Criticality ?? target.Policy.Shedding.Criticality;
        if (limits is not null)
        {
            if (limits.TryEnterCall(criticality) != LimitVerdict.Admitted)
            {
                limits.Refusals.Count(service, LimitKind.Requests, criticality);
                return false;
            }

            move.Limit = LimitLease.Call(limits);
        }

        if (target.Policy.RateLimits.IsEmpty || !_rates.IsOn(exchange))
        {
            return true;
        }

        var rates = exchange.Mesh.RateLimits.Of(service, target.Policy.RateLimits);
        if (rates.TakeShare(exchange, out move.Tokens).IsError)
        {
            move.Limit.End(exchange.StartedAt, took: null);
            return false;
        }

        move.Rates = rates;
        return true;
    }
}
