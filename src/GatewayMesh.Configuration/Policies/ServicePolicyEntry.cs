using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Policies.AdaptiveConcurrency;
using GatewayMesh.Configuration.Policies.Ejection;
using GatewayMesh.Configuration.Policies.Hedging;
using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Configuration.Policies.SidecarBypass;
using GatewayMesh.Configuration.Policies.Timeouts;

namespace GatewayMesh.Configuration.Policies;

/// <summary><c>kind: service-policy</c>: how calls to a service are made. What it does not say falls to the policy named <c>*</c>, then to the defaults.</summary>
public sealed record ServicePolicyEntry : ConfigEntry
{
    /// <summary>The name of the policy that all services share.</summary>
    public const string All = "*";

    /// <inheritdoc/>
    public override string Kind => "service-policy";

    /// <summary>How long the parts of a call may take.</summary>
    public TimeoutsEntry Timeouts { get; init; } = new();

    /// <summary>Whether a failed attempt is followed by another.</summary>
    public RetriesEntry Retries { get; init; } = new();

    /// <summary>Whether a slow request is sent to a second instance too.</summary>
    public HedgingEntry Hedging { get; init; } = new();

    /// <summary>How an instance is picked.</summary>
    public LoadBalancingEntry LoadBalancing { get; init; } = new();

    /// <summary>When an instance is taken out of the choice.</summary>
    public EjectionEntry Ejection { get; init; } = new();

    /// <summary>How much of it there may be at one time.</summary>
    public LimitsEntry Limits { get; init; } = new();

    /// <summary>Who is refused first when there is not room for all.</summary>
    public SheddingEntry Shedding { get; init; } = new();

    /// <summary>The limit that the callee's own sidecar finds by measuring.</summary>
    public AdaptiveConcurrencyEntry AdaptiveConcurrency { get; init; } = new();

    /// <summary><c>sidecarBypass</c>: what becomes of a call when every sidecar of its callee is broken.</summary>
    public SidecarBypassMode? SidecarBypass { get; init; }

    internal static ServicePolicyEntry Bind(MappingReader reader, string name, SourceLocation origin)
    {
        foreach (var key in (ReadOnlySpan<string>)["rateLimits", "idempotency", "mirroring", "faults"])
        {
            reader.NotYet(key);
        }

        var entry = new ServicePolicyEntry
        {
            Name = name,
            Origin = origin,
            Timeouts = reader.Section("timeouts", TimeoutsEntry.Bind),
            Retries = reader.Section("retries", RetriesEntry.Bind),
            Hedging = reader.Section("hedging", HedgingEntry.Bind),
            LoadBalancing = reader.Section("loadBalancing", LoadBalancingEntry.Bind),
            Ejection = reader.Section("ejection", EjectionEntry.Bind),
            Limits = reader.Section("limits", LimitsEntry.Bind),
            Shedding = reader.Section("shedding", SheddingEntry.Bind),
            AdaptiveConcurrency = reader.Section("adaptiveConcurrency", AdaptiveConcurrencyEntry.Bind),
            SidecarBypass = reader.OrNull("sidecarBypass", SidecarBypassWord.Type),
        };
        Check(reader, entry);
        return entry;
    }

    // What one section says against another.
    private static void Check(MappingReader reader, ServicePolicyEntry entry)
    {
        if (entry.Timeouts.Request > TimeSpan.Zero && entry.Hedging.Delay >= entry.Timeouts.Request)
        {
            reader.Fail("hedging", "has a delay that is not shorter than timeouts.request: there would never be a hedge", "make hedging.delay the shorter one");
        }

        if (entry.Hedging.MaxHedges >= entry.Retries.MaxAttempts)
        {
            reader.Fail("hedging", "has as many maxHedges as retries.maxAttempts allows attempts, the first included", "raise retries.maxAttempts above hedging.maxHedges");
        }

        if (entry is { Retries.MaxAttempts: 1, Hedging: { MaxHedges: null } and ({ Delay: not null } or { Quantile: not null }) })
        {
            reader.Fail("hedging", "cannot be with retries.maxAttempts: 1, as a hedge is an attempt", "say retries.maxAttempts: 2 or more");
        }
    }
}
