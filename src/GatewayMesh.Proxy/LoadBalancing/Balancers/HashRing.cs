using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.LoadBalancing;

namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>
/// Consistent hashing on a ring (Karger et al., 1997; ketama, as Envoy's ring hash): each instance stands at as many places as its weight says, and a request goes
/// to the first at or behind its hash, or when that one is out to the next one. Without a hash a request goes anywhere. How many places an instance has does not hang on
/// how many others there are (in Envoy it does), so when one goes, its own keys move and no other, as long as weights are even.
/// </summary>
internal sealed class HashRing : IBalancer
{
    private readonly ImmutableArray<EndpointState> _members;
    private readonly ulong[] _places;
    private readonly int[] _owners;

    public HashRing(ImmutableArray<EndpointState> members, Weights weights, RingModel model)
    {
        _members = members;
        var names = HashNames.Of(members);
        var places = new List<(ulong Place, int Owner)>(model.MinSize + members.Length);
        for (var index = 0; index < members.Length; index++)
        {
            var count = PlacesOf(index, weights, model);
            for (var i = 0; i < count; i++)
            {
                places.Add((StableHash.Mix(StableHash.Of(names[index]) + (0x9E37_79B9_7F4A_7C15UL * (ulong)(i + 1))), index));
            }
        }

        places.Sort();
        _places = [.. places.Select(place => place.Place)];
        _owners = [.. places.Select(place => place.Owner)];
    }

    /// <summary>Permits on the ring.</summary>
    public int Size => _places.Length;

    /// <inheritdoc/>
    public EndpointState? Choose(in Candidates candidates, SplitMix random)
    {
        if (_places.Length == 0)
        {
            return null;
        }

        var hash = candidates.Hash.IsSet ? candidates.Hash.Value : random.Next();
        var place = Array.BinarySearch(_places, hash);
        place = place < 0 ? ~place : place;
        for (var i = 0; i < Math.Min(_places.Length, (4 * _members.Length) + 64); i++)
        {
            var state = _members[_owners[(place + i) % _places.Length]];
            if (candidates.Admit(state))
            {
                return state;
            }
        }

        return HashOrder.First(_members, candidates, hash);
    }

    // Two instances make the least ring; the lightest has what is its own in that.
    private static int PlacesOf(int index, Weights weights, RingModel model)
    {
        var least = weights.Values.Where(weight => weight > 0).Min();
        var one = weights.Values.Length == 1 ? model.MinSize : Math.Max(1, (model.MinSize + 1) / 2);
        var wanted = one * ((double)weights.Values[index] / least);
        var all = one * (weights.Values.Sum(static weight => (double)weight) / least);
        return (int)(all <= model.MaxSize ? wanted : Math.Max(1, wanted * (model.MaxSize / all)));
    }
}
