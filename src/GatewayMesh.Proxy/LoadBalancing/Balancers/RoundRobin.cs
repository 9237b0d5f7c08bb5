using System.Collections.Immutable;

namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>
/// Selects instances in turn, each in proportion to its weight and spread as evenly as possible (the smooth weighted round robin of nginx),
/// starting at a random position.
/// </summary>
internal sealed class RoundRobin : IBalancer
{
    /// <summary>Maximum length of the schedule; beyond it the shares are less exact.</summary>
    private const int Longest = 4096;

    private readonly ImmutableArray<EndpointState> _members;
    private readonly int[] _schedule;
    private long _next = -1;

    public RoundRobin(ImmutableArray<EndpointState> members, Weights weights)
    {
        _members = members;
        _schedule = weights.AreEven ? [.. Enumerable.Range(0, members.Length)] : Smooth(weights);
    }

    /// <inheritdoc/>
    public EndpointState? Choose(in Candidates candidates, SplitMix random)
    {
        if (_members.IsEmpty)
        {
            return null;
        }

        if (Volatile.Read(ref _next) < 0)
        {
            _ = Interlocked.CompareExchange(ref _next, random.Next(_schedule.Length), -1);
        }

        for (var i = 0; i < _schedule.Length; i++)
        {
            var state = _members[_schedule[(int)((ulong)Interlocked.Increment(ref _next) % (ulong)_schedule.Length)]];
            if (candidates.Admit(state))
            {
                return state;
            }
        }

        // Other requests may have taken the turns of the remaining candidates.
        foreach (var state in _members)
        {
            if (candidates.Admit(state))
            {
                return state;
            }
        }

        return null;
    }

    private static int[] Smooth(Weights weights)
    {
        var divisor = weights.Values.Where(weight => weight > 0).Aggregate(Gcd);
        var turns = weights.Values.Select(weight => weight / divisor).ToArray();
        var sum = turns.Sum(static turn => (long)turn);
        if (sum > Longest)
        {
            turns = [.. turns.Select(turn => turn == 0 ? 0 : (int)Math.Max(1, (long)turn * Longest / sum))];
            sum = turns.Sum();
        }

        var schedule = new int[sum];
        var credit = new long[turns.Length];
        for (var slot = 0; slot < schedule.Length; slot++)
        {
            var best = -1;
            for (var index = 0; index < turns.Length; index++)
            {
                credit[index] += turns[index];
                if (turns[index] > 0 && (best < 0 || credit[index] > credit[best]))
                {
                    best = index;
                }
            }

            credit[best] -= sum;
            schedule[slot] = best;
        }

        return schedule;
    }

    private static int Gcd(int one, int other) => other == 0 ? one : Gcd(other, one % other);
}
