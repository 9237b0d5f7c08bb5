using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Resolvers;

/// <summary>How requests are shared out between instances, as a resolver declares it (Consul 1.9 and later: <c>LoadBalancer</c>).</summary>
public sealed record LoadBalancerEntry
{
    private static readonly ScalarType<BalancerPolicy> Policies = ScalarTypes.Word<BalancerPolicy>(
    [
        ("random", BalancerPolicy.Random), ("round_robin", BalancerPolicy.RoundRobin), ("least_request", BalancerPolicy.LeastRequest), ("ring_hash", BalancerPolicy.RingHash), ("maglev", BalancerPolicy.Maglev),
    ]);

    /// <summary>How.</summary>
    public BalancerPolicy Policy { get; init; }

    /// <summary><c>RingHashConfig.MinimumRingSize</c>: entries of the ring at least; null for the default.</summary>
    public int? MinimumRingSize { get; init; }

    /// <summary><c>RingHashConfig.MaximumRingSize</c>: entries of the ring at most; null for the default.</summary>
    public int? MaximumRingSize { get; init; }

    /// <summary><c>LeastRequestConfig.ChoiceCount</c>: among how many the least loaded is sought; null for the default.</summary>
    public int? ChoiceCount { get; init; }

    /// <summary>What is hashed, in order.</summary>
    public ImmutableArray<HashPolicyEntry> HashPolicies { get; init; } = [];

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
            entry = reader.Section("leastRequestConfig", least => entry with { ChoiceCount = least.OrNull("choiceCount", ScalarTypes.Number(2, 100)) });
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
                reader.Fail(key, $"stands without {what}", "say that policy, or leave it out");
            }
        }
    }
}
