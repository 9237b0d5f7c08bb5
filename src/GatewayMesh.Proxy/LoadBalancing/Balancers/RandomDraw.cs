using System.Collections.Immutable;

namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>Samples an instance at random: by weight, or uniformly without weights.</summary>
internal sealed class RandomDraw(ImmutableArray<EndpointState> members, Weights? weights) : IBalancer
{
    private const int Tries = 8;
    private readonly AliasTable? _table = weights is null or { AreEven: true } ? null : new AliasTable(weights);

    /// <inheritdoc/>
    public EndpointState? Choose(in Candidates candidates, SplitMix random)
    {
        if (members.IsEmpty)
        {
            return null;
        }

        for (var i = 0; i < Tries; i++)
        {
            var state = members[_table?.Draw(random) ?? random.Next(members.Length)];
            if (candidates.Admit(state))
            {
                return state;
            }
        }

        return ChooseOfLeft(candidates, random);
    }

    // Few candidates are left: samples among them in two passes, the first for the sum of their weights.
    private EndpointState? ChooseOfLeft(in Candidates candidates, SplitMix random)
    {
        var sum = 0.0;
        for (var index = 0; index < members.Length; index++)
        {
            sum += candidates.Admit(members[index]) ? WeightOf(index) : 0;
        }

        EndpointState? last = null;
        var drawn = random.NextDouble() * sum;
        for (var index = 0; index < members.Length && drawn >= 0; index++)
        {
            if (candidates.Admit(members[index]))
            {
                last = members[index];
                drawn -= WeightOf(index);
            }
        }

        return last;
    }

    private double WeightOf(int index) => _table is null ? 1 : weights!.ShareOf(index);
}
