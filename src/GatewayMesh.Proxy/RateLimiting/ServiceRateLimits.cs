using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.RateLimiting;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Stores;
using GatewayMesh.Proxy.Telemetry;
using StackExchange.Redis;

namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>
/// The rate limits of one service, in order. A request takes from all of them, or from none. Limits over the mesh ask the store while it
/// is up; otherwise this node's share decides. Copies of requests (<c>mirror</c>) have buckets of their own at each node, so that they take
/// nothing from originals. They are still limited: an application may mark any request as a copy.
/// </summary>
internal sealed class ServiceRateLimits(
    string service, ImmutableArray<RateLimit> limits, RequestKey keys, RedisStore? store, TimeProvider time, MeshMetrics metrics)
{
    /// <summary>Name of the service.</summary>
    public string Service => service;

    /// <summary>The limits.</summary>
    public ImmutableArray<RateLimit> Limits => limits;

    /// <summary>Takes the tokens of a request; none if an enforced limit refuses the request.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="wait">Task that the request waits for before <see cref="Finish"/>; null: the decision is made.</param>
    /// <returns>The error of a refused request; none if it passes or waits.</returns>
    public MeshError Take(Exchange exchange, out Task? wait)
    {
        wait = null;
        var asks = store is { IsUp: true } && !exchange.PeerHeaders.IsMirror;
        var (taken, asked) = (0u, 0u);
        var now = time.GetTimestamp();
        for (var i = 0; i < limits.Length; i++)
        {
            if (asks && limits[i].Model.Scope == RateLimitScope.Mesh)
            {
                asked |= 1u << i;
            }
            else if (TakeHere(exchange, i, now, ref taken, asks: true) is { IsError: true } refused)
            {
                return refused;
            }
        }

        if (asked != 0)
        {
            exchange.RateWait = new RateWait(taken, asked);
            wait = exchange.RateWait.ArriveAsync(exchange, AskAsync(exchange, asked, now));
        }

        return MeshError.None;
    }

    /// <summary>Decides about a request that has waited for the store.</summary>
    public MeshError Finish(Exchange exchange, RateWait wait)
    {
        var taken = wait.Taken;
        var now = time.GetTimestamp();
        if (wait.Answer is null)
        {
            metrics.CountStoreFallback(store!.View.Name);
        }

        var refused = MeshError.None;
        for (int i = 0, at = 0; i < limits.Length; i++)
        {
            if ((wait.Asked & (1u << i)) == 0)
            {
                continue;
            }

            if (wait.Answer is not { } answer)
            {
                if (TakeHere(exchange, i, now, ref taken, asks: false) is { IsError: true } error)
                {
                    return error;
                }

                continue;
            }

            var (ticks, left) = (answer[at], answer[at + 1]);
            at += 2;
            if (ticks > 0 && Exceed(limits[i].Model, (int)Math.Max(0, left), TimeSpan.FromMicroseconds(ticks)) is { IsError: true } beyond)
            {
                refused = refused.IsError ? refused : beyond;
            }
        }

        if (refused.IsError)
        {
            Return(exchange, taken, now);
        }

        return refused;
    }

    /// <summary>
    /// Takes the tokens of a request that moves to this service, from this node's share even if there is a store: the decision cannot wait.
    /// </summary>
    /// <param name="exchange">The request.</param>
    /// <param name="taken">Limits that gave tokens, a bit each, for <see cref="Return(Exchange, uint)"/>.</param>
    /// <returns>The error of a refused request; none if it passes.</returns>
    public MeshError TakeShare(Exchange exchange, out uint taken)
    {
        taken = 0;
        var now = time.GetTimestamp();
        for (var i = 0; i < limits.Length; i++)
        {
            if (TakeHere(exchange, i, now, ref taken, asks: true) is { IsError: true } refused)
            {
                return refused;
            }
        }

        return MeshError.None;
    }

    /// <summary>Returns the tokens of a request that did not move here after all.</summary>
    public void Return(Exchange exchange, uint taken) => Return(exchange, taken, time.GetTimestamp());

    private MeshError TakeHere(Exchange exchange, int index, long now, ref uint taken, bool asks)
    {
        var limit = limits[index];
        var model = limit.Model;
        var bucket = limit.BucketOf(keys.Of(exchange, model), now, exchange.PeerHeaders.IsMirror);
        var cost = RequestKey.CostOf(exchange, model);
        if (model.Scope == RateLimitScope.Mesh && asks && !exchange.PeerHeaders.IsMirror)
        {
            bucket.Ask(cost);
        }

        var terms = limit.TermsOf(bucket);
        if (bucket.TryTake(cost, terms, now, out var wait))
        {
            taken |= 1u << index;
            return MeshError.None;
        }

        var error = Exceed(model, (int)bucket.Left(terms, now), TimeSpan.FromSeconds(wait / (double)time.TimestampFrequency));
        if (error.IsError)
        {
            Return(exchange, taken, now);
        }

        return error;
    }

    private Task<StoreReply> AskAsync(Exchange exchange, uint asked, long now)
    {
        var count = int.PopCount((int)asked);
        var (names, values) = (new RedisKey[count], new RedisValue[count * RateScript.Arguments]);
        for (int i = 0, at = 0; i < limits.Length; i++)
        {
            if ((asked & (1u << i)) == 0)
            {
                continue;
            }

            var model = limits[i].Model;
            var key = keys.Of(exchange, model);
            var cost = RequestKey.CostOf(exchange, model);
            limits[i].BucketOf(key, now).Ask(cost); // the shares stay right for the moment in which the store is lost
            names[at] = RateScript.KeyOf(service, model, key);
            values[at * RateScript.Arguments] = 1e6 / model.PerSecond;
            values[(at * RateScript.Arguments) + 1] = 1e6 * model.Burst / model.PerSecond;
            values[(at * RateScript.Arguments) + 2] = cost;
            values[(at * RateScript.Arguments) + 3] = model.Mode == RateLimitMode.Enforce ? 1 : 0;
            at++;
        }

        return store!.RunAsync(RateScript.Text, names, values);
    }

    // Counts a request beyond a limit; an error if the limit is enforced.
    private MeshError Exceed(RateLimitModel model, int left, TimeSpan wait)
    {
        metrics.CountRateLimited(service, model.Name, model.Mode == RateLimitMode.Enforce ? "enforce" : "shadow");
        return model.Mode == RateLimitMode.Shadow ? MeshError.None : new(MeshErrorKind.RateLimited, Forwarded: false, model.Name)
        {
            RetryAfter = wait,
            RateLimit = new RateLimitRefusal(model, left, wait),
        };
    }

    private void Return(Exchange exchange, uint taken, long now)
    {
        for (var i = 0; taken >> i != 0; i++)
        {
            if ((taken & (1u << i)) != 0)
            {
                var bucket = limits[i].BucketOf(keys.Of(exchange, limits[i].Model), now, exchange.PeerHeaders.IsMirror);
                bucket.Return(RequestKey.CostOf(exchange, limits[i].Model), limits[i].TermsOf(bucket), now);
            }
        }
    }
}
