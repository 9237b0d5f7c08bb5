using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>Declared <c>loadBalancing</c> of a service-policy; a null value is inherited.</summary>
public sealed record LoadBalancingEntry
{
    private static readonly ScalarType<BalancingPolicy> Policies = ScalarTypes.Word<BalancingPolicy>(
    [
        ("peakEwma", BalancingPolicy.PeakEwma),
        ("leastRequest", BalancingPolicy.LeastRequest),
        ("roundRobin", BalancingPolicy.RoundRobin),
        ("random", BalancingPolicy.Random),
        ("weighted", BalancingPolicy.Weighted), ("ringHash", BalancingPolicy.RingHash), ("maglev", BalancingPolicy.Maglev),
    ]);

    /// <summary><c>policy</c>: selection of an instance.</summary>
    public BalancingPolicy? Policy { get; init; }

    /// <summary><c>choices</c>: number of sampled candidates.</summary>
    public int? Choices { get; init; }

    /// <summary><c>hash</c>: hashed request properties, in order.</summary>
    public ImmutableArray<HashKey>? Hash { get; init; }

    /// <summary><c>ring</c>.</summary>
    public RingEntry Ring { get => field ?? new(); init; } = new();

    /// <summary><c>maglev</c>.</summary>
    public MaglevEntry Maglev { get => field ?? new(); init; } = new();

    /// <summary><c>ewma</c>.</summary>
    public EwmaEntry Ewma { get => field ?? new(); init; } = new();

    /// <summary><c>slowStart</c>.</summary>
    public SlowStartEntry SlowStart { get => field ?? new(); init; } = new();

    /// <summary><c>zone</c>.</summary>
    public ZoneEntry Zone { get => field ?? new(); init; } = new();

    /// <summary><c>panicThreshold</c>: share of healthy instances below which all are used.</summary>
    public double? PanicThreshold { get; init; }

    internal static LoadBalancingEntry Bind(MappingReader reader)
    {
        var entry = new LoadBalancingEntry
        {
            Policy = reader.OrNull("policy", Policies),
            Choices = reader.OrNull("choices", ScalarTypes.Number(2, 32)),
            Hash = reader.Has("hash") ? reader.Items("hash", HashKey.Bind) : null,
            Ring = reader.Section("ring", RingEntry.Bind),
            Maglev = reader.Section("maglev", MaglevEntry.Bind),
            Ewma = reader.Section("ewma", EwmaEntry.Bind),
            SlowStart = reader.Section("slowStart", SlowStartEntry.Bind),
            Zone = reader.Section("zone", ZoneEntry.Bind),
            PanicThreshold = reader.OrNull("panicThreshold", ScalarTypes.Percent),
        };
        entry.ReportContradictions(reader);
        return entry;
    }

    // Only keys of this entry are compared: the inherited policy may change independently.
    private void ReportContradictions(MappingReader reader)
    {
        var hashes = Policy is BalancingPolicy.RingHash or BalancingPolicy.Maglev;
        if (hashes && Hash is not { IsEmpty: false })
        {
            reader.Fail(
                reader.Has("hash") ? "hash" : "policy", "requires hash", "add a hash key, for example hash: [ { header: x-user } ]");
        }

        if (!hashes && reader.Has("hash") && !(reader.Has("policy") && Policy is null))
        {
            reader.Fail("hash", "applies only to ringHash and maglev", "set policy: ringHash or policy: maglev, or remove hash");
        }

        Only(reader, "choices", "peakEwma and leastRequest", BalancingPolicy.PeakEwma, BalancingPolicy.LeastRequest);
        Only(reader, "ring", "ringHash", BalancingPolicy.RingHash);
        Only(reader, "maglev", "maglev", BalancingPolicy.Maglev);
        Only(reader, "ewma", "peakEwma", BalancingPolicy.PeakEwma);
        if (hashes && SlowStart.Window > TimeSpan.Zero)
        {
            reader.Fail(
                "slowStart",
                "conflicts with ringHash and maglev: a key would move between instances",
                "remove slowStart, or use another policy");
        }
    }

    private void Only(MappingReader reader, string key, string what, params ReadOnlySpan<BalancingPolicy> policies)
    {
        if (Policy is { } policy && !policies.Contains(policy) && reader.Has(key))
        {
            reader.Fail(key, $"applies only to {what}", "remove the key, or set a policy to which it applies");
        }
    }
}
