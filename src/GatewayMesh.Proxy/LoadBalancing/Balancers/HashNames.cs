using System.Collections.Immutable;

namespace GatewayMesh.Proxy.LoadBalancing.Balancers;

/// <summary>
/// Names of instances on a ring or in a table: their ID, so that a restart elsewhere moves no key; ID and address if two instances share an
/// ID.
/// </summary>
internal static class HashNames
{
    public static ImmutableArray<string> Of(ImmutableArray<EndpointState> members)
    {
        var shared = members.GroupBy(state => state.Key.Id, StringComparer.Ordinal)
            .Where(group => group.Skip(1).Any())
            .Select(group => group.Key)
            .ToHashSet(StringComparer.Ordinal);
        return [.. members.Select(state => shared.Contains(state.Key.Id) ? $"{state.Key.Id} {state.Key.Address}" : state.Key.Id)];
    }
}
