using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.LoadBalancing;

namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>
/// Consistent hashing by a table (Eisenbud et al., "Maglev: A fast and reliable software network load balancer", NSDI 2016, §3.4; weights
/// as in Envoy). Each instance has its own preference order of slots, and the instances take turns. A lookup is one access; a removed
/// instance moves its own keys and few others. If the instance in a slot is unavailable, the next slot decides. A request without a hash
/// goes to a random slot.
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

    /// <summary>Index of the instance in each slot.</summary>
    public ReadOnlySpan<int> Table => _table;

    /// <inheritdoc/>
    public EndpointState? Choose(in Candidates candidates, SplitMix random)
    {
        if (_table.Length == 0)
        {
            return null;
        }

        var hash = candidates.Hash.IsSet ? candidates.Hash.Value : random.Next();
        var slot = (int)(hash % (ulong)_table.Length);
        for (var i = 0; i < Math.Min(_table.Length, Walk); i++)
        {
            var state = _members[_table[(slot + i) % _table.Length]];
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
        var slot = names.Select(name => (int)(StableHash.Of(name) % (ulong)size)).ToArray();
        var skip = names.Select(
            name => (int)(StableHash.Mix(StableHash.Of(name) ^ 0x5bd1_e995_7b93_b5a1UL) % (ulong)(size - 1)) + 1).ToArray();
        var heaviest = Enumerable.Range(0, names.Length).Max(weights.ShareOf);
        var due = new double[names.Length];
        // Independent of the order of the list
        var order = Enumerable.Range(0, names.Length).OrderBy(index => names[index], StringComparer.Ordinal).ToArray();
        var filled = 0;
        for (var turn = 1; filled < size; turn++)
        {
            foreach (var index in order)
            {
                if (filled == size)
                {
                    break;
                }

                // The heaviest instance takes a slot each turn, the others in proportion to their weights.
                if (turn * weights.ShareOf(index) < due[index] || weights.Values[index] == 0)
                {
                    continue;
                }

                due[index] += heaviest;
                while (table[slot[index]] >= 0)
                {
                    slot[index] = (slot[index] + skip[index]) % size;
                }

                table[slot[index]] = index;
                filled++;
            }
        }

        return table;
    }
}
