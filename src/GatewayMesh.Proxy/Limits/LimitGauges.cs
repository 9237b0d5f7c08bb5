using System.Diagnostics.Metrics;
using GatewayMesh.Proxy.AdaptiveConcurrency;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Limits;

/// <summary>
/// Gauges of current limit usage: <c>gatewaymesh_limit_requests{service,limit}</c>, <c>gatewaymesh_concurrency_limit{service}</c>, and
/// <c>gatewaymesh_breaker_state{service}</c>. Only services with activity appear, so that a large mesh does not make a large page.
/// </summary>
internal static class LimitGauges
{
    private const string Gateway = "gateway:self"; // service names contain no colon
    private const int Max = 200;

    /// <summary>Adds the gauges to <paramref name="metrics"/>.</summary>
    public static void Add(MeshMetrics metrics, LimitRegistry registry, AdaptiveLimit? gateway)
    {
        metrics.AddGauges(
            "gatewaymesh_limit_requests", "Current usage that counts against a limit.", () => InUse(registry).SelectMany(Counts));
        metrics.AddGauges("gatewaymesh_concurrency_limit", "Concurrency limit found by measurement.", () => Found(registry, gateway));
        metrics.AddGauges(
            "gatewaymesh_breaker_state", "State of the circuit breaker: 0 closed, 1 half open, 2 open.", () => Breakers(registry));
    }

    private static IEnumerable<ServiceLimits> InUse(LimitRegistry registry) =>
        registry.Current.Services.Where(limits => limits.Calls > 0 || limits.Http2.Taken > 0).Take(Max);

    private static IEnumerable<Measurement<double>> Counts(ServiceLimits limits)
    {
        yield return Of(limits.Calls, limits.Service, LimitKind.Requests);
        yield return Of(limits.Http1.Taken + limits.Http2.Taken, limits.Service, LimitKind.Connections);
        yield return Of(limits.Http1.Waiting, limits.Service, LimitKind.Pending);
        yield return Of(limits.Retries, limits.Service, LimitKind.Retries);
    }

    private static IEnumerable<Measurement<double>> Found(LimitRegistry registry, AdaptiveLimit? gateway)
    {
        foreach (var limits in registry.Current.Services)
        {
            if (limits.Found is { } found)
            {
                yield return new Measurement<double>(found.Limit, new KeyValuePair<string, object?>("service", limits.Service));
            }
        }

        if (gateway is not null)
        {
            yield return new Measurement<double>(gateway.Limit, new KeyValuePair<string, object?>("service", Gateway));
        }
    }

    private static IEnumerable<Measurement<double>> Breakers(LimitRegistry registry) =>
        from limits in registry.Current.Services
        where limits.Breaker is not null
        select new Measurement<double>(
            limits.Breaker!.Phase switch { BreakerPhase.Open => 2, BreakerPhase.HalfOpen => 1, _ => 0 },
            new KeyValuePair<string, object?>("service", limits.Service));

    private static Measurement<double> Of(int count, string service, LimitKind limit) =>
        new(count, new KeyValuePair<string, object?>("service", service), new KeyValuePair<string, object?>("limit", LimitWord.Of(limit)));
}
