using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Proxy.Limits;

namespace GatewayMesh.Proxy;

/// <summary>Limits of one service as shown by the admin, as of one moment.</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Model">Declared limits.</param>
/// <param name="Requests">Calls of this process to the service.</param>
/// <param name="Connections">Connections with calls: for HTTP/1.1 those in use, for HTTP/2 those open.</param>
/// <param name="Pending">Calls waiting for a connection.</param>
/// <param name="Retries">Calls with a retry in progress.</param>
public sealed record LimitView(string Service, LimitsModel Model, int Requests, int Connections, int Pending, int Retries)
{
    /// <summary>Phase of the circuit breaker; null if there is none.</summary>
    public BreakerPhase? Breaker { get; init; }

    /// <summary>Remaining time that the circuit breaker stays open.</summary>
    public TimeSpan OpenFor { get; init; }

    /// <summary>Attempts in the circuit breaker's window.</summary>
    public long Attempts { get; init; }

    /// <summary>Failures in the circuit breaker's window.</summary>
    public long Failures { get; init; }

    /// <summary>Measured concurrency limit of this host's application; null if off.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Requests in flight at that application.</summary>
    public int Work { get; init; }

    /// <summary>Latency of that application without load; zero if unknown.</summary>
    public TimeSpan MinRtt { get; init; }

    /// <summary>True while that latency is being measured and the minimum limit applies.</summary>
    public bool IsMeasuring { get; init; }

    internal static LimitView Of(ServiceLimits limits)
    {
        var view = new LimitView(
            limits.Service, limits.Model, limits.Calls, limits.Http1.Taken + limits.Http2.Taken, limits.Http1.Waiting, limits.Retries);
        if (limits.Breaker is { } breaker)
        {
            var (attempts, failures) = breaker.Counts;
            view = view with { Breaker = breaker.Phase, OpenFor = breaker.OpenFor, Attempts = attempts, Failures = failures };
        }

        return limits.Found is not { } found ? view
            : view with { Concurrency = found.Limit, Work = found.InFlight, MinRtt = found.MinRtt, IsMeasuring = found.IsMeasuring };
    }
}
