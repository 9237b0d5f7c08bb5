using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Policies.AdaptiveConcurrency;
using GatewayMesh.Configuration.Policies.Cors;
using GatewayMesh.Configuration.Policies.Ejection;
using GatewayMesh.Configuration.Policies.ExternalAuthorization;
using GatewayMesh.Configuration.Policies.Faults;
using GatewayMesh.Configuration.Policies.Flags;
using GatewayMesh.Configuration.Policies.Hedging;
using GatewayMesh.Configuration.Policies.Idempotency;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Configuration.Policies.Mirror;
using GatewayMesh.Configuration.Policies.RateLimiting;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Configuration.Policies.SidecarBypass;
using GatewayMesh.Configuration.Policies.Tier;
using GatewayMesh.Configuration.Policies.Timeouts;

namespace GatewayMesh.Configuration.Policies;

/// <summary>
/// <c>kind: service-policy</c>: call policy of a service. Undeclared values are inherited from the policy named <c>*</c>, then from the
/// defaults.
/// </summary>
public sealed record ServicePolicyEntry : ConfigEntry
{
    /// <summary>Name of the policy shared by all services.</summary>
    public const string All = "*";

    /// <inheritdoc/>
    public override string Kind => "service-policy";

    /// <summary>Timeouts of a call.</summary>
    public TimeoutsEntry Timeouts { get => field ?? new(); init; } = new();

    /// <summary>Retries of failed attempts.</summary>
    public RetriesEntry Retries { get => field ?? new(); init; } = new();

    /// <summary>Hedging of slow requests.</summary>
    public HedgingEntry Hedging { get => field ?? new(); init; } = new();

    /// <summary>Load balancing.</summary>
    public LoadBalancingEntry LoadBalancing { get => field ?? new(); init; } = new();

    /// <summary>Outlier ejection.</summary>
    public EjectionEntry Ejection { get => field ?? new(); init; } = new();

    /// <summary>Concurrency limits.</summary>
    public LimitsEntry Limits { get => field ?? new(); init; } = new();

    /// <summary>Load shedding by criticality.</summary>
    public SheddingEntry Shedding { get => field ?? new(); init; } = new();

    /// <summary>Adaptive limit of the callee's own sidecar.</summary>
    public AdaptiveConcurrencyEntry AdaptiveConcurrency { get => field ?? new(); init; } = new();

    /// <summary>Copies of requests to another service.</summary>
    public MirrorEntry Mirror { get => field ?? new(); init; } = new();

    /// <summary><c>faults</c>: injected faults; the list replaces an inherited one.</summary>
    public ImmutableArray<FaultRule>? Faults { get; init; }

    /// <summary>Requests with an <c>Idempotency-Key</c>.</summary>
    public IdempotencyEntry Idempotency { get => field ?? new(); init; } = new();

    /// <summary><c>rateLimits</c>: rate limits, which replace inherited ones as a whole; null if inherited.</summary>
    public ImmutableArray<RateLimitModel>? RateLimits { get; init; }
    /// <summary>Verification of JSON web tokens.</summary>
    public JwtEntry Jwt { get => field ?? new(); init; } = new();

    /// <summary>Cross-origin resource sharing at public listeners.</summary>
    public CorsEntry Cors { get => field ?? new(); init; } = new();

    /// <summary>External authorization over HTTP.</summary>
    public ExternalAuthorizationEntry ExternalAuthorization { get => field ?? new(); init; } = new();

    /// <summary><c>tier</c>: path of calls at the first proxy.</summary>
    public TierChoice? Tier { get; init; }

    /// <summary><c>flags</c>: feature flags, and what is different while they are on; the list replaces an inherited one.</summary>
    public ImmutableArray<FlagUse>? Flags { get; init; }

    /// <summary><c>sidecarBypass</c>: fallback of a call when every sidecar of its callee is broken.</summary>
    public SidecarBypassMode? SidecarBypass { get; init; }

    internal static ServicePolicyEntry Bind(MappingReader reader, string name, SourceLocation origin)
    {
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
            Mirror = reader.Section("mirror", section => MirrorEntry.Bind(section, name)),
            Faults = FaultRule.BindList(reader, "faults"),
            Idempotency = reader.Section("idempotency", IdempotencyEntry.Bind),
            RateLimits = reader.Has("rateLimits") ? RateLimitModel.Bind(reader, "rateLimits") : null,
            Jwt = reader.Section("jwt", JwtEntry.Bind),
            Cors = reader.Section("cors", CorsEntry.Bind),
            ExternalAuthorization = reader.Section("externalAuthorization", section => ExternalAuthorizationEntry.Bind(section, name)),
            Tier = reader.OrNull("tier", TierWord.Type),
            Flags = FlagUse.BindList(reader, "flags", name),
            SidecarBypass = reader.OrNull("sidecarBypass", SidecarBypassWord.Type),
        };
        Check(reader, entry.Timeouts, entry.Retries, entry.Hedging);
        return entry;
    }

    /// <summary>Reports contradictions between sections.</summary>
    internal static void Check(MappingReader reader, TimeoutsEntry timeouts, RetriesEntry retries, HedgingEntry hedging)
    {
        if (timeouts.Request > TimeSpan.Zero && hedging.Delay >= timeouts.Request)
        {
            reader.Fail(
                "hedging", "has a delay that is not shorter than timeouts.request, so that no hedge is ever sent", "lower hedging.delay");
        }

        if (hedging.MaxHedges >= retries.MaxAttempts)
        {
            reader.Fail(
                "hedging",
                "has a maxHedges that is not below retries.maxAttempts, which includes the first attempt",
                "raise retries.maxAttempts above hedging.maxHedges");
        }

        if (retries.MaxAttempts == 1 && hedging is { MaxHedges: null } and ({ Delay: not null } or { Quantile: not null }))
        {
            reader.Fail(
                "hedging", "conflicts with retries.maxAttempts: 1, since a hedge is an attempt", "set retries.maxAttempts to 2 or more");
        }
    }
}
