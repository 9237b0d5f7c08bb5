using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.LoadBalancing;

namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>
/// Consistent hashing by a table (Eisenbud et al., "Maglev: A fast and reliable software network load balancer", NSDI 2016, §3.4; weights as in Envoy): each instance
/// has an order of its own in which it would take the places, and they take turns. A look-up is one access; when an instance goes, its keys move
/// and few others. When the instance at a place is out, the next place decides. Without a hash a request goes anywhere.
/// </summary>
internal sealed class MaglevTable : IBalancer
{
    private const int Walk = 64;
    private readonly ImmutableArray<EndpointState> _members;
    private readonly int[] _table;

    public MaglevTable(ImmutableArray<EndpointState> members, Weights weights, MaglevModel model)
    {
        _members = members;
        _table = members.IsEmpty ? [] : Fill(HashNames.Of(members), weights, model.TableSize);
    }

    /// <summary>Which instance stands at each place, by its index.</summary>
    public ReadOnlySpan<int> Table => _table;

    /// <inheritdoc/>
    public EndpointState? Choose(in Candidates candidates, SplitMix random)
    {
        if (_table.Length == 0)
        {
            return null;
        }

        var hash = candidates.Hash.IsSet ? candidates.Hash.Value : random.Next();
        var place = (int)(hash % (ulong)_table.Length);
        for (var i = 0; i < Math.Min(_table.Length, Walk); i++)
        {
            var state = _members[_table[(place + i) % _table.Length]];
            if (candidates.Admit(state))
            {
                return state;
            }
        }

        return HashOrder.First(_members, candidates, hash);
    }

    private static int[] Fill(ImmutableArray<string> names, Weights weights, int size)
    {
        var table = new int[size];
        Array.Fill(table, -1);
        var place = names.Select(name => (int)(StableHash.Of(name) % (ulong)size)).ToArray();
        var skip = names.Select(name => (int)(StableHash.Mix(StableHash.Of(name) ^ 0x5bd1_e995_7b93_b5a1UL) % (ulong)(size - 1)) + 1).ToArray();
        var heaviest = Enumerable.Range(0, names.Length).Max(weights.ShareOf);
        var due = new double[names.Length];
        var order = Enumerable.Range(0, names.Length).OrderBy(index => names[index], StringComparer.Ordinal).ToArray(); // the same wherever they stand in the list
        var filled = 0;
        for (var turn = 1; filled < size; turn++)
        {
            foreach (var index in order)
            {
                if (filled == size)
                {
                    break;
                }

                // The heaviest takes a place each turn, the others as often as their weight says.
                if (turn * weights.ShareOf(index) < due[index] || weights.Values[index] == 0)
                {
                    continue;
                }

                due[index] += heaviest;
                while (table[place[index]] >= 0)
                {
                    place[index] = (place[index] + skip[index]) % size;
                }

                table[place[index]] = index;
                filled++;
            }
        }

        return table;
    }
}
