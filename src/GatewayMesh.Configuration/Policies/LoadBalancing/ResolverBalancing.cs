using GatewayMesh.Configuration.Entries.Resolvers;

namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>
/// Maps the load balancing of a Consul resolver to a policy. The resolver overrides the policy of its service; undeclared values are
/// inherited.
/// </summary>
internal static class ResolverBalancing
{
    /// <summary>
    /// Returns <paramref name="model"/> with the values of <paramref name="entry"/>; the model itself when the entry declares nothing.
    /// </summary>
    public static LoadBalancingModel With(this LoadBalancingModel model, LoadBalancerEntry? entry) =>
        entry is null or { Policy: BalancerPolicy.Unsaid } ? model : model with
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
        HashField.Cookie => new HashKey(HashSource.Cookie, entry.FieldValue, entry.Terminal)
        {
            Made = entry is { CookieSession: false, CookieTtl: null }
                ? null // a path alone makes no cookie, as in Consul
                : new HashCookie(entry.CookieTtl ?? TimeSpan.Zero, entry.CookiePath),
        },
        HashField.QueryParameter => new HashKey(HashSource.Query, entry.FieldValue, entry.Terminal),
        _ => new HashKey(HashSource.Header, entry.FieldValue.ToLowerInvariant(), entry.Terminal),
    };
}
