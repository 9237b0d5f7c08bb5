using System.Collections.Immutable;
using GatewayMesh.Proxy.LoadBalancing.Balancers;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>
/// The instance that has an idempotency key, by rendezvous hashing (Thaler and Ravishankar, 1998): the same at every proxy whatever the
/// proxy has measured, and when an instance disappears, only its keys move. Ejections and zones do not count, because they differ between
/// proxies.
/// </summary>
internal static class KeyOwner
{
    /// <summary>Returns the owner of a key among the instances that are healthy in the registry, or among all if none is.</summary>
    /// <param name="instances">Instances; not empty.</param>
    /// <param name="key">Hash of the key.</param>
    public static EndpointState Of(EndpointSet instances, ulong key) =>
        Of(instances.Healthy, key, leastWeight: 1)
        ?? Of(instances.Healthy, key, leastWeight: 0)
        ?? Of(instances.All, key, leastWeight: 0)!;

    private static EndpointState? Of(ImmutableArray<EndpointState> states, ulong key, int leastWeight)
    {
        EndpointState? owner = null;
        var highest = 0UL;
        foreach (var state in states)
        {
            if (state.Model.Weight < leastWeight)
            {
                continue;
            }

            var score = StableHash.Mix(key ^ StableHash.Of(state.Key.Id));
            if (owner is null || score > highest || (score == highest && IsBefore(state, owner)))
            {
                (owner, highest) = (state, score);
            }
        }

        return owner;
    }

    // Two instances may share an ID.
    private static bool IsBefore(EndpointState one, EndpointState other) =>
        string.CompareOrdinal(one.Key.Address.ToString(), other.Key.Address.ToString()) < 0;
}
