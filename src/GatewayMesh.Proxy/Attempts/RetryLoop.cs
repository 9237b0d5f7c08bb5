using System.Runtime.CompilerServices;
using GatewayMesh.Proxy.Async;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Hedging;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Attempts;

/// <summary>
/// Tries instances of one kind until one responds or no further attempt is allowed. The only retries of the data path:
/// <code>
/// select ──► send ──ok──► done
///   ▲         │
///   │         ├─ RetryDecider: resend safe, failure named by the policy, another instance or target, time, budget
///   └─ wait ◄─┴─ FailoverTargets: move to the next target once the instances of this one were tried
/// </code>
/// </summary>
internal sealed class RetryLoop
{
    private readonly HopSelector _hops;
    private readonly AttemptSender _sender;
    private readonly RetryDecider _decider;
    private readonly FailoverTargets _targets;
    private readonly LatencyWindows _latencies;
    private readonly MeshMetrics _metrics;
    private readonly Func<Exchange, MeshError, ResponseHead, bool> _drops;

    /// <summary>Creates the loop.</summary>
    public RetryLoop(
        HopSelector hops,
        AttemptSender sender,
        RetryDecider decider,
        FailoverTargets targets,
        LatencyWindows latencies,
        MeshMetrics metrics)
    {
        (_hops, _sender, _decider, _targets, _latencies, _metrics) = (hops, sender, decider, targets, latencies, metrics);
        _drops = decider.Drops;
    }

    /// <summary>Forwards the request. Returns none if a response was passed on.</summary>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public async ValueTask<MeshError> RunAsync(Exchange exchange, EndpointSet instances, TargetKind target)
    {
        exchange.Tried = default;
        exchange.Tier = exchange.Behavior.Tier;
        exchange.MayDrop = _drops;
        exchange.MayMove = exchange.Route.HasFurtherTarget && ReferenceEquals(instances, exchange.Route.Instances);
        while (true)
        {
            if (!_hops.TrySelect(exchange, instances, target, out var hop, out var denied))
            {
                return exchange.Attempts.Settle(denied);
            }

            var hedge = target != TargetKind.Application && RetryDecider.MayHedge(exchange)
                ? new Hedge(exchange, instances, target, _hops, _decider, _latencies.Of(instances.Service), _metrics)
                : null;
            var error = await _sender.SendAsync(exchange, hop, hedge).ConfigureAwait(false);
            if (!exchange.Attempt.IsNextGranted && !(error.IsError && _decider.Follows(exchange, error)))
            {
                return error.IsError ? RetryDecider.Settle(exchange, error) : error;
            }

            if (!await WaitAsync(exchange).ConfigureAwait(false))
            {
                return new MeshError(MeshErrorKind.ClientGone, Forwarded: true);
            }

            if (exchange.Move.IsSet)
            {
                if (_targets.Move(exchange) is { IsError: true } refused)
                {
                    return refused;
                }

                instances = exchange.Route.Instances;
            }
        }
    }

    // False if the client disconnected during the wait.
    private static async ValueTask<bool> WaitAsync(Exchange exchange)
    {
        var gone = exchange.Gone;
        if (exchange.Attempt.Wait > TimeSpan.Zero)
        {
            await Task.Delay(exchange.Attempt.Wait, exchange.Time, gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return !gone.IsCancellationRequested;
    }
}
