using System.Collections.Immutable;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Policies.Faults;
using GatewayMesh.Configuration.Policies.Hedging;
using GatewayMesh.Configuration.Policies.Mirror;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Configuration.Policies.SidecarBypass;
using GatewayMesh.Configuration.Policies.Tier;
using GatewayMesh.Configuration.Policies.Timeouts;

namespace GatewayMesh.Configuration.Policies.Flags;

/// <summary>
/// An item of <c>flags</c>: a feature flag, and what is different for requests for which the flag is on. Of several items, the first whose
/// flag is on applies alone.
/// </summary>
public sealed record FlagUse
{
    /// <summary>Largest number of items: a request evaluates them one after the other.</summary>
    public const int Max = 16;

    // Sections with state of the whole service, and sections that protect it.
    private static readonly ImmutableArray<string> Fixed =
    [
        "loadBalancing", "ejection", "limits", "shedding", "adaptiveConcurrency", "rateLimits", "idempotency", "jwt", "cors",
        "externalAuthorization",
    ];

    private static readonly ImmutableArray<string> Changes =
        ["subset", "tier", "timeouts", "retries", "hedging", "mirror", "faults", "sidecarBypass"];

    /// <summary><c>flag</c>: name of the feature flag.</summary>
    public string Flag { get => field ?? ""; init; } = "";

    /// <summary><c>subset</c>: subset of the service that gets the requests; null for their usual route. Default: null.</summary>
    public string? Subset { get; init; }

    /// <summary><c>tier</c>; null to keep the policy's.</summary>
    public TierChoice? Tier { get; init; }

    /// <summary><c>timeouts</c>; null values keep the policy's.</summary>
    public TimeoutsEntry Timeouts { get => field ?? new(); init; } = new();

    /// <summary><c>retries</c>, without <c>budget</c>; null values keep the policy's.</summary>
    public RetriesEntry Retries { get => field ?? new(); init; } = new();

    /// <summary><c>hedging</c>; null values keep the policy's.</summary>
    public HedgingEntry Hedging { get => field ?? new(); init; } = new();

    /// <summary><c>mirror</c>; null values keep the policy's.</summary>
    public MirrorEntry Mirror { get => field ?? new(); init; } = new();

    /// <summary><c>faults</c>; null to keep the policy's.</summary>
    public ImmutableArray<FaultRule>? Faults { get; init; }

    /// <summary><c>sidecarBypass</c>; null to keep the policy's.</summary>
    public SidecarBypassMode? SidecarBypass { get; init; }

    /// <summary>Location of the item; not stored.</summary>
    [JsonIgnore]
    public SourceLocation At { get; init; }

    /// <summary>Location of the subset, or of the item; not stored.</summary>
    [JsonIgnore]
    public SourceLocation SubsetAt { get; init; }

    /// <summary>Returns <paramref name="policy"/> as it is for requests for which the flag is on.</summary>
    public PolicyModel Over(PolicyModel policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return policy with
        {
            Tier = Tier ?? policy.Tier,
            Timeouts = policy.Timeouts.Under(Timeouts),
            Retries = policy.Retries.Under(Retries),
            Hedging = policy.Hedging.Under(Hedging),
            Mirror = policy.Mirror.Under(Mirror),
            Faults = Faults ?? policy.Faults,
            SidecarBypass = SidecarBypass ?? policy.SidecarBypass,
        };
    }

    /// <summary>Reads the list; null when absent.</summary>
    internal static ImmutableArray<FlagUse>? BindList(MappingReader reader, string key, string policy)
    {
        if (!reader.Has(key))
        {
            return null;
        }

        var uses = reader.Items(key, item => Bind(item, policy));
        if (uses.Length > Max)
        {
            reader.Fail(key, $"has {uses.Length} items, more than {Max}", "remove items whose flag is not used any more");
        }

        foreach (var twice in uses.GroupBy(use => use.Flag, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            reader.Fail(key, $"has two items with the flag {twice.Key}, of which only the first applies", "merge them");
        }

        return uses;
    }

    private static FlagUse Bind(MappingReader reader, string policy)
    {
        foreach (var section in Fixed.Where(reader.Has))
        {
            reader.Fail(
                section,
                "cannot depend on a flag, since it holds for the service as a whole",
                "move it to the policy itself; timeouts, retries, hedging, mirror, faults, sidecarBypass, and tier can depend on a flag");
        }

        var use = new FlagUse
        {
            Flag = reader.Required("flag", ScalarTypes.Name) ?? "",
            Subset = reader.Has("subset") ? reader.Optional<string?>("subset", ScalarTypes.Name!, null) : null,
            Tier = reader.OrNull("tier", TierWord.Type),
            Timeouts = reader.Section("timeouts", TimeoutsEntry.Bind),
            Retries = reader.Section("retries", BindRetries),
            Hedging = reader.Section("hedging", HedgingEntry.Bind),
            Mirror = reader.Section("mirror", section => MirrorEntry.Bind(section, policy)),
            Faults = FaultRule.BindList(reader, "faults"),
            SidecarBypass = reader.OrNull("sidecarBypass", SidecarBypassWord.Type),
            At = reader.Location,
            SubsetAt = reader.LocationOf("subset"),
        };
        ServicePolicyEntry.Check(reader, use.Timeouts, use.Retries, use.Hedging);
        if (use.Subset is not null && policy == ServicePolicyEntry.All)
        {
            reader.Fail("subset", "cannot be set for all services", "move the item to the service-policy of the service");
        }

        if (!Changes.Any(reader.Has))
        {
            reader.Fail("changes nothing", "add what is different while the flag is on, such as subset: v2");
        }

        return use;
    }

    private static RetriesEntry BindRetries(MappingReader reader)
    {
        if (reader.Has("budget"))
        {
            reader.Fail("budget", "cannot depend on a flag, since all requests share it", "move it to the policy itself");
        }

        return RetriesEntry.Bind(reader);
    }
}
