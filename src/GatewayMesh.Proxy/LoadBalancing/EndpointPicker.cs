using System.Collections.Immutable;
using GatewayMesh.Proxy.LoadBalancing.Balancers;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>
/// Selects an instance for each attempt: first the candidates, then one of them by the set's balancer.
/// <list type="number">
/// <item>fewer than the panic threshold are healthy and not ejected: all, regardless of health, except instances that just failed to
/// respond to this process;</item>
/// <item>this node's zone, up to its spillover; then the others;</item>
/// <item>healthy, not ejected (or due for its trial), not yet tried by this request;</item>
/// <item>otherwise any not yet tried, regardless of health, because an instance that just failed this same request is no better;</item>
/// <item>otherwise any.</item>
/// </list>
/// Takes no lock and allocates nothing.
/// </summary>
public sealed class EndpointPicker(TimeProvider time, SplitMix random)
{
    private const int MaxPassedOver = 4;

    /// <summary>
    /// Selects an instance, begins a request there, and remembers the instance as tried. Returns false only if the set is empty.
    /// </summary>
    public bool TryPick(EndpointSet set, ref TriedEndpoints tried, out EndpointLease lease) =>
        TryPick(set, RequestHash.None, ref tried, out lease);

    /// <summary>
    /// Selects an instance, begins a request there, and remembers the instance as tried. Returns false only if the set is empty.
    /// </summary>
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
        // A key stays in its zone, so its sample comes from its hash.
        var share = pools.NearShare;
        var sample = share >= 1 ? 0 : hash.IsSet ? (StableHash.Mix(~hash.Value) >> 11) * (1.0 / (1UL << 53)) : random.NextDouble();
        var (first, second) = sample < share ? (pools.Near!, pools.Far!) : (pools.Far!, pools.Near!);
        return TryPick(first, hash, in tried, panic: false, out lease) || TryPick(second, hash, in tried, panic: false, out lease);
    }

    private bool TryPick(EndpointPool pool, RequestHash hash, ref readonly TriedEndpoints tried, bool panic, out EndpointLease lease)
    {
        var now = time.GetTimestamp();

        // Another thread may take the trial between the check and the start; then choose again. Each loss means that an instance became
        // unusable, so the rounds are bounded; the explicit bound is only a safeguard.
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

    // A chosen instance in slow start is skipped in proportion to its missing share. An instance due for its trial is never skipped: it has
    // no share yet.
    private EndpointState? Choose(EndpointPool pool, RequestHash hash, ref readonly TriedEndpoints tried, long now, bool panic)
    {
        var chosen = pool.Balancer.Choose(new Candidates(in tried, hash, now, panic), random);
        if (chosen is null || chosen.Policy.LoadBalancing.SlowStart.Window == TimeSpan.Zero || IsTakenNow(chosen, now))
        {
            return chosen;
        }

        var passed = tried;
        var other = chosen;
        for (var i = 0; i < MaxPassedOver; i++)
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

    private bool IsTakenNow(EndpointState state, long now) =>
        state.IsEjected || state.SlowStartAt(now) is var share && (share >= 1 || random.NextDouble() < share);

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
