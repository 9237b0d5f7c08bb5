using System.Collections.Immutable;

namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>
/// Samples a few instances by weight, two by default, and selects the one with the least load (Mitzenmacher, "The power of two choices in
/// randomized load balancing", 2001). A sampled instance that is due for its trial is selected, because its load is not meaningful.
/// </summary>
internal sealed class PowerOfChoices(ImmutableArray<EndpointState> members, Weights weights, int choices, LoadMeasure measure) : IBalancer
{
    private readonly AliasTable? _table = weights.AreEven ? null : new AliasTable(weights);
    private readonly double[]? _loads = weights.AreEven ? null : [.. Enumerable.Range(0, members.Length).Select(weights.LoadOf)];

    /// <inheritdoc/>
    public EndpointState? Choose(in Candidates candidates, SplitMix random)
    {
        if (members.IsEmpty)
        {
            return null;
        }

        var first = Draw(random);
        if (members.Length == 1)
        {
            return candidates.Admit(members[0]) ? members[0] : null;
        }

        return choices == 2 ? ChooseOfTwo(first, candidates, random) : ChooseOfMany(first, candidates, random);
    }

    private EndpointState? ChooseOfTwo(int first, in Candidates candidates, SplitMix random)
    {
        var second = DrawAnother(first, random);
        return candidates.Admit(members[first]) && candidates.Admit(members[second])
            ? members[Better(first, second, candidates.Now)]
            : Scan(first, candidates);
    }

    private EndpointState? ChooseOfMany(int first, in Candidates candidates, SplitMix random)
    {
        var best = candidates.Admit(members[first]) ? first : -1;
        for (var i = 1; i < choices; i++)
        {
            var other = DrawAnother(first, random);
            if (candidates.Admit(members[other]))
            {
                best = best < 0 ? other : Better(best, other, candidates.Now);
            }
        }

        return best < 0 ? Scan(first, candidates) : members[best];
    }

    // One of the two is unavailable: uses the first two candidates from a random position, which is the same choice among the remaining
    // instances.
    private EndpointState? Scan(int first, in Candidates candidates)
    {
        var found = -1;
        for (var i = 0; i < members.Length; i++)
        {
            var index = (first + i) % members.Length;
            if (!candidates.Admit(members[index]))
            {
                continue;
            }

            if (found >= 0)
            {
                return members[Better(found, index, candidates.Now)];
            }

            found = index;
        }

        return found < 0 ? null : members[found];
    }

    private int Better(int one, int other, long now) =>
        members[one].IsDue(now) ? one
        : members[other].IsDue(now) ? other
        : CostOf(other, now) < CostOf(one, now) ? other : one;

    private double CostOf(int index, long now)
    {
        var state = members[index];
        var requests = _loads is null ? state.InFlight : state.InFlight * _loads[index];
        return measure == LoadMeasure.Requests ? requests : state.LatencyAt(now) * (requests + 1);
    }

    private int Draw(SplitMix random) => _table?.Draw(random) ?? random.Next(members.Length);

    private int DrawAnother(int than, SplitMix random)
    {
        for (var i = 0; _table is not null && i < 4; i++)
        {
            var index = _table.Draw(random);
            if (index != than)
            {
                return index;
            }
        }

        // Uniform among the others: for even weights, and if one instance has nearly all of the weight.
        return (than + 1 + random.Next(members.Length - 1)) % members.Length;
    }
}
