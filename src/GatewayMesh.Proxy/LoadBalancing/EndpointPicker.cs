using System.Collections.Immutable;
using GatewayMesh.Proxy.LoadBalancing.Balancers;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>
/// Picks an instance for each attempt: first from which instances, then by the balancer of the set which of them.
/// <list type="number">
/// <item>less than the panic threshold healthy and not ejected: all, whatever is said of them, but those that have just left this process without an answer;</item>
/// <item>the own zone, as far as it does not spill over; then the others;</item>
/// <item>healthy, not ejected (or due for its trial), not yet tried by this request;</item>
/// <item>none of these: not yet tried, whatever else is said of it, because an instance that has just failed this very request is no better;</item>
/// <item>any.</item>
/// </list>
/// No lock and no allocation.
/// </summary>
public sealed class EndpointPicker(TimeProvider time, SplitMix random)
{
    private const int MostPassedOver = 4;

    /// <summary>Picks an instance, begins there and remembers it as tried. False only when the set is empty.</summary>
    public bool TryPick(EndpointSet set, ref TriedEndpoints tried, out EndpointLease lease) => TryPick(set, RequestHash.None, ref tried, out lease);

    /// <summary>Picks an instance, begins there and remembers it as tried. False only when the set is empty.</summary>
    public bool TryPick(EndpointSet set, RequestHash hash, ref TriedEndpoints tried, out EndpointLease lease)
    {
        if (set.All.IsEmpty)
        {
            lease = default;
            return false;
        }

        var pools = set.Pools;
        var found = pools.IsPanic ? TryPick(pools.Everyone, hash, in tried, panic: true, out lease)
            : pools.Near is null ? TryPick(pools.Healthy, hash, in tried, panic: false, out lease)
            : TryPickByZone(pools, hash, in tried, out lease);
        if (!found)
        {
            lease = (Untried(set.Healthy, in tried) ?? Untried(set.All, in tried) ?? LeastLoaded(set.All)).Begin();
        }

        tried.Add(lease.State);
        return true;
    }

    private bool TryPickByZone(EndpointPools pools, RequestHash hash, ref readonly TriedEndpoints tried, out EndpointLease lease)
    {
        // A key stays in its zone: what is drawn for it is drawn by its hash.
        var share = pools.NearShare;
        var drawn = share >= 1 ? 0 : hash.IsSet ? (StableHash.Mix(~hash.Value) >> 11) * (1.0 / (1UL << 53)) : random.NextDouble();
        var (first, second) = drawn < share ? (pools.Near!, pools.Far!) : (pools.Far!, pools.Near!);
        return TryPick(first, hash, in tried, panic: false, out lease) || TryPick(second, hash, in tried, panic: false, out lease);
    }

    private bool TryPick(EndpointPool pool, RequestHash hash, ref readonly TriedEndpoints tried, bool panic, out EndpointLease lease)
    {
        var now = time.GetTimestamp();

        // A trial may be lost to another thread between look and begin; then look again. Each loss means that an instance became unusable,
        // so the rounds are bounded; the bound stands here all the same.
        for (var round = 0; round <= pool.Members.Length; round++)
        {
            if (Choose(pool, hash, in tried, now, panic) is not { } chosen)
            {
                break;
            }

            if (panic)
            {
                lease = chosen.Begin();
                return true;
            }

            if (chosen.TryBegin(out lease))
            {
                return true;
            }
        }

        lease = default;
        return false;
    }

    // One in slow start that was chosen is passed over as often as its share says. One that is due for its trial is not: it has no share yet.
    private EndpointState? Choose(EndpointPool pool, RequestHash hash, ref readonly TriedEndpoints tried, long now, bool panic)
    {
        var chosen = pool.Balancer.Choose(new Candidates(in tried, hash, now, panic), random);
        if (chosen is null || chosen.Policy.LoadBalancing.SlowStart.Window == TimeSpan.Zero || IsTakenNow(chosen, now))
        {
            return chosen;
        }

        var passed = tried;
        var other = chosen;
        for (var i = 0; i < MostPassedOver; i++)
        {
            passed.Add(other);
            other = pool.Balancer.Choose(new Candidates(in passed, hash, now, panic), random);
            if (other is null)
            {
                break;
            }

            if (IsTakenNow(other, now))
            {
                return other;
            }
        }

        return chosen;
    }

    private bool IsTakenNow(EndpointState state, long now) => state.IsEjected || state.SlowStartAt(now) is var share && (share >= 1 || random.NextDouble() < share);

    private EndpointState? Untried(ImmutableArray<EndpointState> states, ref readonly TriedEndpoints tried)
    {
        if (states.IsEmpty)
        {
            return null;
        }

        EndpointState? best = null;
        var first = random.Next(states.Length);
        for (var i = 0; i < states.Length; i++)
        {
            var state = states[(first + i) % states.Length];
            if (!tried.Contains(state) && (best is null || state.InFlight < best.InFlight))
            {
                best = state;
            }
        }

        return best;
    }

    private EndpointState LeastLoaded(ImmutableArray<EndpointState> states)
    {
        var nothing = default(TriedEndpoints);
        return Untried(states, in nothing)!;
    }
}
