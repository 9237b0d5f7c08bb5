using System.Collections.Immutable;

namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>The last resort of hashing, when most instances are out: their list from a place on that the hash says, so that a key still goes to one of them.</summary>
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
