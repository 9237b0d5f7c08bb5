using System.Collections.Immutable;

namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>By what instances stand on a ring or in a table: their id, so that a restart elsewhere moves no key; id and address where two share an id.</summary>
internal static class HashNames
{
    public static ImmutableArray<string> Of(ImmutableArray<EndpointState> members)
    {
        var shared = members.GroupBy(state => state.Key.Id, StringComparer.Ordinal).Where(group => group.Skip(1).Any()).Select(group => group.Key).ToHashSet(StringComparer.Ordinal);
        return [.. members.Select(state => shared.Contains(state.Key.Id) ? $"{state.Key.Id} {state.Key.Address}" : state.Key.Id)];
    }
}
