using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.LoadBalancing;

namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>
/// Consistent hashing on a ring (Karger et al., 1997; ketama, as in Envoy's ring hash). Each instance has a number of points proportional
/// to its weight. A request goes to the first point at or after its hash, or to the next one if that instance is unavailable. A request
/// without a hash goes to a random point. Unlike in Envoy, the number of points of an instance does not depend on the number of instances,
/// so with even weights a removed instance moves only its own keys.
/// </summary>
internal sealed class HashRing : IBalancer
{
    private readonly ImmutableArray<EndpointState> _members;
    private readonly ulong[] _points;
    private readonly int[] _owners;

    public HashRing(ImmutableArray<EndpointState> members, Weights weights, RingModel model)
    {
        _members = members;
        var names = HashNames.Of(members);
        var points = new List<(ulong Point, int Owner)>(model.MinSize + members.Length);
        for (var index = 0; index < members.Length; index++)
        {
            var count = PointsOf(index, weights, model);
            for (var i = 0; i < count; i++)
            {
                points.Add((StableHash.Mix(StableHash.Of(names[index]) + (0x9E37_79B9_7F4A_7C15UL * (ulong)(i + 1))), index));
            }
        }

        points.Sort();
        _points = [.. points.Select(point => point.Point)];
        _owners = [.. points.Select(point => point.Owner)];
    }

    /// <summary>Number of points on the ring.</summary>
    public int Size => _points.Length;

    /// <inheritdoc/>
    public EndpointState? Choose(in Candidates candidates, SplitMix random)
    {
        if (_points.Length == 0)
        {
            return null;
        }

        var hash = candidates.Hash.IsSet ? candidates.Hash.Value : random.Next();
        var point = Array.BinarySearch(_points, hash);
        point = point < 0 ? ~point : point;
        for (var i = 0; i < Math.Min(_points.Length, (4 * _members.Length) + 64); i++)
        {
            var state = _members[_owners[(point + i) % _points.Length]];
            if (candidates.Admit(state))
            {
                return state;
            }
        }

        return HashOrder.First(_members, candidates, hash);
    }

    // Two instances fill the minimum ring; the lightest instance has its own half of that.
    private static int PointsOf(int index, Weights weights, RingModel model)
    {
        var least = weights.Values.Where(weight => weight > 0).Min();
        var one = weights.Values.Length == 1 ? model.MinSize : Math.Max(1, (model.MinSize + 1) / 2);
        var wanted = one * ((double)weights.Values[index] / least);
        var all = one * (weights.Values.Sum(static weight => (double)weight) / least);
        return (int)(all <= model.MaxSize ? wanted : Math.Max(1, wanted * (model.MaxSize / all)));
    }
}
