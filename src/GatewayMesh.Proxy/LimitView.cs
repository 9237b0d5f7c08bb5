using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Proxy.Limits;

namespace GatewayMesh.Proxy;

/// <summary>The limits of one service as the admin shows them, at one moment.</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Model">What is declared.</param>
/// <param name="Requests">Calls of this process to it.</param>
/// <param name="Connections">Connections that carry them: of HTTP/1.1 those in use, of HTTP/2 those open.</param>
/// <param name="Pending">Calls that wait for a connection.</param>
/// <param name="Retries">Calls that are tried again.</param>
public sealed record LimitView(string Service, LimitsModel Model, int Requests, int Connections, int Pending, int Retries)
{
    /// <summary>Where the circuit breaker stands; null where there is none.</summary>
    public BreakerPhase? Breaker { get; init; }

    /// <summary>How long it is open still.</summary>
    public TimeSpan OpenFor { get; init; }

    /// <summary>Attempts in the breaker's window.</summary>
    public long Attempts { get; init; }

    /// <summary>Failures among them.</summary>
    public long Failures { get; init; }

    /// <summary>The limit found by measuring, for what this host's application works on; null where none is looked for.</summary>
    public int? Concurrency { get; init; }

    /// <summary>What that application works on.</summary>
    public int Work { get; init; }

    /// <summary>Its latency without load; zero while unknown.</summary>
    public TimeSpan MinRtt { get; init; }

    /// <summary>Whether that latency is being measured, and the limit is the least one.</summary>
    public bool IsMeasuring { get; init; }

    internal static LimitView Of(ServiceLimits limits)
    {
        var view = new LimitView(limits.Service, limits.Model, limits.Calls, limits.Http1.Taken + limits.Http2.Taken, limits.Http1.Waiting, limits.Retries);
        if (limits.Breaker is { } breaker)
        {
            var (attempts, failures) = breaker.Counts;
            view = view with { Breaker = breaker.Phase, OpenFor = breaker.OpenFor, Attempts = attempts, Failures = failures };
        }

        return limits.Found is not { } found ? view
            : view with { Concurrency = found.Limit, Work = found.InFlight, MinRtt = found.MinRtt, IsMeasuring = found.IsMeasuring };
    }
}
