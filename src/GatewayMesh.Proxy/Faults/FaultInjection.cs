using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.Faults;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Faults;

/// <summary>
/// Chooses the fault of a request, and parks delayed requests on their loop. Bounded: beyond <see cref="MaxParked"/> requests at a time,
/// the next ones are not delayed, and counted as skipped.
/// </summary>
/// <param name="random">Source of shares and delays.</param>
/// <param name="time">The clock.</param>
/// <param name="metrics">Counts the faults.</param>
/// <param name="most">Maximum number of requests that are delayed at the same time. Default: <see cref="MaxParked"/>.</param>
internal sealed class FaultInjection(SplitMix random, TimeProvider time, MeshMetrics metrics, int most = FaultInjection.MaxParked)
{
    /// <summary>Maximum number of requests that are delayed at the same time: 10,000.</summary>
    public const int MaxParked = 10_000;

    private volatile bool _isAllowed;
    private int _parked;

    /// <summary>True if this node injects faults (<c>allowFaults</c>). Default: false.</summary>
    public bool IsAllowed
    {
        get => _isAllowed;
        set => _isAllowed = value;
    }

    /// <summary>Number of requests that are delayed now.</summary>
    public int Parked => Volatile.Read(ref _parked);

    /// <summary>Returns the first rule that hits the request; null for none.</summary>
    public FaultRule? Choose(Exchange exchange, ImmutableArray<FaultRule> rules)
    {
        foreach (var rule in rules)
        {
            if (rule.IsAbout(exchange.Caller.Service, exchange.Permissions) && (rule.Share >= 1 || random.NextDouble() < rule.Share))
            {
                return rule;
            }
        }

        return null;
    }

    /// <summary>
    /// Begins a delay. Returns the task that completes, on the request's loop, when the delay is over, the deadline has passed, or the
    /// client has disconnected; null if too many requests are delayed.
    /// </summary>
    public Task? TryDelay(Exchange exchange, FaultDelay delay)
    {
        if (Interlocked.Increment(ref _parked) > most)
        {
            Interlocked.Decrement(ref _parked);
            Count(exchange, "skipped");
            return null;
        }

        Count(exchange, "delay");
        var span = DelaySample.Of(delay, random);
        var left = exchange.Deadline.Remaining;
        return WaitAsync(left == Timeout.InfiniteTimeSpan || span < left ? span : left, exchange.Response.Aborted);
    }

    /// <summary>Counts a fault in <c>gatewaymesh_faults_injected_total{service,kind}</c>.</summary>
    public void Count(Exchange exchange, string kind) => metrics.CountFault(exchange.Destination ?? "", kind);

    private async Task WaitAsync(TimeSpan span, CancellationToken gone)
    {
        try
        {
            await LoopWait.For(span, time, gone).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The pipeline sees that the client is gone.
        }
        finally
        {
            Interlocked.Decrement(ref _parked);
        }
    }
}
