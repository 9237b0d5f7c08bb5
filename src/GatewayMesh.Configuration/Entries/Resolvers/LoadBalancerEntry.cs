using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Resolvers;

/// <summary>Load balancing declared by a resolver (Consul 1.9 and later: <c>LoadBalancer</c>).</summary>
public sealed record LoadBalancerEntry
{
    private static readonly ScalarType<BalancerPolicy> Policies = ScalarTypes.Word<BalancerPolicy>(
    [
        ("random", BalancerPolicy.Random),
        ("round_robin", BalancerPolicy.RoundRobin),
        ("least_request", BalancerPolicy.LeastRequest),
        ("ring_hash", BalancerPolicy.RingHash),
        ("maglev", BalancerPolicy.Maglev),
    ]);

    /// <summary>Policy.</summary>
    public BalancerPolicy Policy { get; init; }

    /// <summary><c>RingHashConfig.MinimumRingSize</c>: minimum number of ring entries; null for the default.</summary>
    public int? MinimumRingSize { get; init; }

    /// <summary><c>RingHashConfig.MaximumRingSize</c>: maximum number of ring entries; null for the default.</summary>
    public int? MaximumRingSize { get; init; }

    /// <summary>
    /// <c>LeastRequestConfig.ChoiceCount</c>: number of candidates from which the least loaded is chosen; null for the default.
    /// </summary>
    public int? ChoiceCount { get; init; }

    /// <summary>Hash policies, in order.</summary>
    public ImmutableArray<HashPolicyEntry> HashPolicies { get => field.IsDefault ? [] : field; init; } = [];

    internal static LoadBalancerEntry Bind(MappingReader reader)
    {
        var entry = new LoadBalancerEntry
        {
            Policy = reader.Optional("policy", Policies, BalancerPolicy.Unsaid),
            HashPolicies = reader.Items("hashPolicies", HashPolicyEntry.Bind),
        };
        if (reader.Has("ringHashConfig"))
        {
            entry = reader.Section("ringHashConfig", ring => entry with
            {
                MinimumRingSize = ring.OrNull("minimumRingSize", ScalarTypes.Number(1, 8_388_608)),
                MaximumRingSize = ring.OrNull("maximumRingSize", ScalarTypes.Number(1, 8_388_608)),
            });
            Needs("ringHashConfig", entry.Policy == BalancerPolicy.RingHash, "policy: ring_hash");
        }

        if (reader.Has("leastRequestConfig"))
        {
            entry = reader.Section(
                "leastRequestConfig", least => entry with { ChoiceCount = least.OrNull("choiceCount", ScalarTypes.Number(2, 100)) });
            Needs("leastRequestConfig", entry.Policy == BalancerPolicy.LeastRequest, "policy: least_request");
        }

        if (!entry.HashPolicies.IsEmpty)
        {
            Needs("hashPolicies", entry.Policy is BalancerPolicy.RingHash or BalancerPolicy.Maglev, "policy: ring_hash or maglev");
        }

        return entry;

        void Needs(string key, bool holds, string what)
        {
            if (!holds)
            {
                reader.Fail(key, $"requires {what}", "set that policy, or remove the key");
            }
        }
    }
}
