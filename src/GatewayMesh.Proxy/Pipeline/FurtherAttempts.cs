using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using Polly;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Attempts of one request for its retry strategy; the first one has already failed.</summary>
internal sealed class FurtherAttempts(AttemptLoop loop, Exchange exchange, EndpointSet instances, TargetKind target, AttemptEnd first)
{
    private bool _isBegun;

    /// <summary>Callback of the strategy for each attempt.</summary>
    public static Func<ResilienceContext, FurtherAttempts, ValueTask<Outcome<AttemptEnd>>> Next { get; } =
        static async (_, attempts) => Outcome.FromResult(await attempts.NextAsync().ConfigureAwait(false));

    private ValueTask<AttemptEnd> NextAsync()
    {
        if (_isBegun)
        {
            return loop.TryOnceAsync(exchange, instances, target);
        }

        _isBegun = true;
        return ValueTask.FromResult(first);
    }
}
