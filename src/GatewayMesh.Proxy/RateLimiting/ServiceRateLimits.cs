using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.RateLimiting;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>The rate limits of one service, in order. A request takes from all of them, or from none.</summary>
internal sealed class ServiceRateLimits(
    string service, ImmutableArray<RateLimit> limits, RequestKey keys, TimeProvider time, MeshMetrics metrics)
{
    /// <summary>Name of the service.</summary>
    public string Service => service;

    /// <summary>The limits.</summary>
    public ImmutableArray<RateLimit> Limits => limits;

    /// <summary>Takes the tokens of a request; none if an enforced limit refuses the request.</summary>
    /// <returns>The error of a refused request; none if it passes.</returns>
    public MeshError Take(Exchange exchange)
    {
        var now = time.GetTimestamp();
        var taken = 0u;
        for (var i = 0; i < limits.Length; i++)
        {
            var limit = limits[i];
            var model = limit.Model;
            var terms = limit.Terms;
            var bucket = limit.BucketOf(keys.Of(exchange, model.By), now);
            var cost = RequestKey.CostOf(exchange, model);
            if (bucket.TryTake(cost, terms, now, out var wait))
            {
                taken |= 1u << i;
                continue;
            }

            metrics.CountRateLimited(service, model.Name, WordOf(model.Mode));
            if (model.Mode == RateLimitMode.Enforce)
            {
                Return(exchange, taken, now);
                return Refuse(model, (int)bucket.Left(terms, now), TimeSpan.FromSeconds(wait / (double)time.TimestampFrequency));
            }
        }

        return MeshError.None;
    }

    private static MeshError Refuse(RateLimitModel model, int left, TimeSpan wait) =>
        new(MeshErrorKind.RateLimited, Forwarded: false, model.Name)
        {
            RetryAfter = wait,
            RateLimit = new RateLimitRefusal(model, left, wait),
        };

    private static string WordOf(RateLimitMode mode) => mode == RateLimitMode.Enforce ? "enforce" : "shadow";

    private void Return(Exchange exchange, uint taken, long now)
    {
        for (var i = 0; taken >> i != 0; i++)
        {
            if ((taken & (1u << i)) != 0)
            {
                var model = limits[i].Model;
                limits[i].BucketOf(keys.Of(exchange, model.By), now).Return(RequestKey.CostOf(exchange, model), limits[i].Terms);
            }
        }
    }
}
