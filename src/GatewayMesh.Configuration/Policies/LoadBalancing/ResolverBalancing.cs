using GatewayMesh.Configuration.Entries.Resolvers;

namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>
/// What a resolver of Consul says of load balancing, in the words of a policy. It goes before the policy of its service, and leaves what it does not say to it. A cookie that Consul's
/// proxy would give to a client without one (<c>CookieConfig</c>) is not given: such a client goes anywhere.
/// </summary>
internal static class ResolverBalancing
{
    /// <summary><paramref name="model"/> with what <paramref name="entry"/> says; itself when that says nothing.</summary>
    public static LoadBalancingModel With(this LoadBalancingModel model, LoadBalancerEntry? entry) => entry is null or { Policy: BalancerPolicy.Unsaid } ? model : model with
    {
        Policy = entry.Policy switch
        {
            BalancerPolicy.Random => BalancingPolicy.Random,
            BalancerPolicy.RoundRobin => BalancingPolicy.RoundRobin,
            BalancerPolicy.LeastRequest => BalancingPolicy.LeastRequest,
            BalancerPolicy.RingHash => BalancingPolicy.RingHash,
            _ => BalancingPolicy.Maglev,
        },
        Choices = entry.ChoiceCount ?? model.Choices,
        Hash = [.. entry.HashPolicies.Select(KeyOf)],
        Ring = model.Ring.Under(new RingEntry { MinSize = entry.MinimumRingSize, MaxSize = entry.MaximumRingSize }),
        SlowStart = entry.Policy is BalancerPolicy.RingHash or BalancerPolicy.Maglev ? SlowStartModel.Default : model.SlowStart,
    };

    private static HashKey KeyOf(HashPolicyEntry entry) => entry.Field switch
    {
        _ when entry.SourceIP => new HashKey(HashSource.Source, "", entry.Terminal),
        HashField.Cookie => new HashKey(HashSource.Cookie, entry.FieldValue, entry.Terminal),
        HashField.QueryParameter => new HashKey(HashSource.Query, entry.FieldValue, entry.Terminal),
        _ => new HashKey(HashSource.Header, entry.FieldValue.ToLowerInvariant(), entry.Terminal),
    };
}
