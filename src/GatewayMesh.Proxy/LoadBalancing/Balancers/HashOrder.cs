using System.Collections.Immutable;

namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>
/// Last resort of hashing if most instances are unavailable: scans the list from a position chosen by the hash, so that a key still maps to
/// one instance.
/// </summary>
internal static class HashOrder
{
    public static EndpointState? First(ImmutableArray<EndpointState> members, in Candidates candidates, ulong hash)
    {
        for (var i = 0; i < members.Length; i++)
        {
            var state = members[(int)((hash + (ulong)i) % (ulong)members.Length)];
            if (candidates.Admit(state))
            {
                return state;
            }
        }

        return null;
    }
}
