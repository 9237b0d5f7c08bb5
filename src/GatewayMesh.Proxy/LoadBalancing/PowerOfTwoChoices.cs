using System.Collections.Immutable;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>
/// Picks the less loaded of two random instances. Candidates, the first kind that has any:
/// <list type="number">
/// <item>healthy, not ejected (or due for its trial), not yet tried by this request;</item>
/// <item>not yet tried, whatever else is said of it: panic, and the last resort of a retry, because an instance that has just failed this very request is no better;</item>
/// <item>any.</item>
/// </list>
/// No lock and no allocation.
/// </summary>
public sealed class PowerOfTwoChoices(TimeProvider time, SplitMix random)
{
    /// <summary>Picks an instance, begins there and remembers it as tried. False only when the set is empty.</summary>
    public bool TryPick(EndpointSet set, ref TriedEndpoints tried, out EndpointLease lease)
    {
        if (set.All.IsEmpty)
        {
            lease = default;
            return false;
        }

        if (!TryPickUsable(set.Healthy, in tried, out lease))
        {
            lease = (Untried(set.Healthy, in tried) ?? Untried(set.All, in tried) ?? LeastLoaded(set.All)).Begin();
        }

        tried.Add(lease.State);
        return true;
    }

    private bool TryPickUsable(ImmutableArray<EndpointState> healthy, in TriedEndpoints tried, out EndpointLease lease)
    {
        var now = time.GetTimestamp();

        // A trial may be lost to another thread between look and begin; then look again. Each loss means that an instance became unusable,
        // so the rounds are bounded; the bound stands here all the same.
        for (var round = 0; round <= healthy.Length; round++)
        {
            var chosen = Choose(healthy, in tried, now);
            if (chosen is null)
            {
                break;
            }

            if (chosen.TryBegin(out lease))
            {
                return true;
            }
        }

        lease = default;
        return false;
    }

    private EndpointState? Choose(ImmutableArray<EndpointState> healthy, in TriedEndpoints tried, long now)
    {
        var count = healthy.Length;
        if (count == 0)
        {
            return null;
        }

        var first = random.Next(count);
        var a = healthy[first];
        if (count > 1)
        {
            // Two different ones: the second is drawn from the others.
            var b = healthy[(first + 1 + random.Next(count - 1)) % count];
            if (IsCandidate(a, in tried, now) && IsCandidate(b, in tried, now))
            {
                return b.InFlight < a.InFlight ? b : a;
            }
        }

        return Scan(healthy, first, in tried, now);
    }

    // One of the two is out: the first two candidates from a random place on, which is the same choice among those that are left.
    private static EndpointState? Scan(ImmutableArray<EndpointState> healthy, int first, in TriedEndpoints tried, long now)
    {
        EndpointState? found = null;
        for (var i = 0; i < healthy.Length; i++)
        {
            var state = healthy[(first + i) % healthy.Length];
            if (!IsCandidate(state, in tried, now))
            {
                continue;
            }

            if (found is not null)
            {
                return state.InFlight < found.InFlight ? state : found;
            }

            found = state;
        }

        return found;
    }

    private EndpointState? Untried(ImmutableArray<EndpointState> states, in TriedEndpoints tried)
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

    private static bool IsCandidate(EndpointState state, in TriedEndpoints tried, long now) => state.IsUsable(now) && !tried.Contains(state);
}
