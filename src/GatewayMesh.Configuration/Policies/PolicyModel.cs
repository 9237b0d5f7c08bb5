using System.Collections.Immutable;
using System.Text.Json.Serialization;
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
using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Configuration.Policies;

/// <summary>Call policy of a service (from <c>kind: service-policy</c>). Compared by content.</summary>
public sealed record PolicyModel
{
    private Written? _written;
    private FlaggedPolicies? _flagged;

    /// <summary>The defaults.</summary>
    public static PolicyModel Default { get; } = new();

    /// <summary>Timeouts of a call.</summary>
    public TimeoutsModel Timeouts { get; init; } = TimeoutsModel.Default;

    /// <summary>Retries of failed attempts.</summary>
    public RetriesModel Retries { get; init; } = RetriesModel.Default;

    /// <summary>Hedging of slow requests.</summary>
    public HedgingModel Hedging { get; init; } = HedgingModel.Default;

    /// <summary>Load balancing.</summary>
    public LoadBalancingModel LoadBalancing { get; init; } = LoadBalancingModel.Default;

    /// <summary>Outlier ejection.</summary>
    public EjectionModel Ejection { get; init; } = EjectionModel.Default;

    /// <summary>Concurrency limits.</summary>
    public LimitsModel Limits { get; init; } = LimitsModel.Default;

    /// <summary>Load shedding by criticality.</summary>
    public SheddingModel Shedding { get; init; } = SheddingModel.Default;

    /// <summary>Adaptive limit of the callee's own sidecar.</summary>
    public AdaptiveConcurrencyModel AdaptiveConcurrency { get; init; } = AdaptiveConcurrencyModel.Default;

    /// <summary>Copies of requests to another service.</summary>
    public MirrorModel Mirror { get; init; } = MirrorModel.Default;

    /// <summary>Injected faults, on nodes that allow them (<c>allowFaults</c>). Default: none.</summary>
    public ImmutableArray<FaultRule> Faults { get; init; } = [];

    /// <summary>Requests with an <c>Idempotency-Key</c>.</summary>
    public IdempotencyModel Idempotency { get; init; } = IdempotencyModel.Default;

    /// <summary>Rate limits of the service, in order. Default: none.</summary>
    public ImmutableArray<RateLimitModel> RateLimits { get; init; } = [];

    /// <summary>Verification of JSON web tokens.</summary>
    public JwtModel Jwt { get; init; } = JwtModel.Default;

    /// <summary>Cross-origin resource sharing at public listeners.</summary>
    public CorsModel Cors { get; init; } = CorsModel.Default;

    /// <summary>External authorization over HTTP.</summary>
    public ExternalAuthorizationModel ExternalAuthorization { get; init; } = ExternalAuthorizationModel.Default;

    /// <summary>Fallback of a call when every sidecar of its callee is broken. Default: none, the call fails.</summary>
    public SidecarBypassMode SidecarBypass { get; init; }

    /// <summary>Path of calls at the first proxy. Default: directly, and a constant share through a gateway.</summary>
    public TierChoice Tier { get; init; }

    /// <summary>Feature flags, and what is different for requests for which they are on. Default: none.</summary>
    public ImmutableArray<FlagUse> Flags { get; init; } = [];

    /// <summary>The whole policy as canonical JSON: for the revision, <c>/config</c>, and <c>/explain</c>.</summary>
    [JsonIgnore]
    public string Text =>
        (
            _written is { } written && ReferenceEquals(written.Of, this)
                ? written
                : _written = new Written(this, PolicyJson.Write(this))).Text;

    /// <summary>Subsets that the policy names, besides those of routes.</summary>
    internal IEnumerable<(string Service, string Subset)> NamedSubsets =>
        Flags.Select(use => use.Over(this).Mirror)
            .Append(Mirror)
            .Where(mirror => mirror is { Service: not null, Subset: not null })
            .Select(mirror => (mirror.Service!, mirror.Subset!));

    /// <summary>Compares by content.</summary>
    public bool Equals(PolicyModel? other) => ReferenceEquals(this, other) || (other is not null && Text == other.Text);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <summary>
    /// True if a request that passed this policy's <see cref="Jwt"/> and <see cref="ExternalAuthorization"/> has passed those of
    /// <paramref name="other"/>: both are equal by content, or off.
    /// </summary>
    public bool HasSameChecksAs(PolicyModel other) =>
        (!(Jwt.IsOn || other.Jwt.IsOn) || ReferenceEquals(Jwt, other.Jwt) || PolicyJson.Write(Jwt) == PolicyJson.Write(other.Jwt))
        && (!(ExternalAuthorization.IsOn || other.ExternalAuthorization.IsOn)
            || ReferenceEquals(ExternalAuthorization, other.ExternalAuthorization)
            || PolicyJson.Write(ExternalAuthorization) == PolicyJson.Write(other.ExternalAuthorization));

    /// <summary>
    /// Returns this policy with a router rule's timeouts, retries, and mirror; the policy itself when the rule declares none.
    /// </summary>
    public PolicyModel With(RouteAction action)
    {
        var (timeouts, retries, mirror) = (Timeouts.With(action), Retries.With(action), Mirror.With(action));
        return ReferenceEquals(timeouts, Timeouts) && ReferenceEquals(retries, Retries) && ReferenceEquals(mirror, Mirror)
            ? this
            : this with { Timeouts = timeouts, Retries = retries, Mirror = mirror };
    }

    /// <summary>
    /// Returns this policy as it is for requests for which the flag at <paramref name="index"/> in <see cref="Flags"/> is on; the same object
    /// each time.
    /// </summary>
    public PolicyModel WithFlag(int index) =>
        (
            _flagged is { } flagged && ReferenceEquals(flagged.Of, this)
                ? flagged
                : _flagged = new FlaggedPolicies(this, [.. Flags.Select(use => use.Over(this))])).Policies[index];

    internal PolicyModel Under(ServicePolicyEntry? entry) => entry is null ? this : this with
    {
        Timeouts = Timeouts.Under(entry.Timeouts),
        Retries = Retries.Under(entry.Retries),
        Hedging = Hedging.Under(entry.Hedging),
        LoadBalancing = LoadBalancing.Under(entry.LoadBalancing),
        Ejection = Ejection.Under(entry.Ejection),
        Limits = Limits.Under(entry.Limits),
        Shedding = Shedding.Under(entry.Shedding),
        AdaptiveConcurrency = AdaptiveConcurrency.Under(entry.AdaptiveConcurrency),
        Mirror = Mirror.Under(entry.Mirror),
        Faults = entry.Faults ?? Faults,
        Idempotency = Idempotency.Under(entry.Idempotency),
        RateLimits = entry.RateLimits ?? RateLimits,
        Jwt = Jwt.Under(entry.Jwt),
        Cors = Cors.Under(entry.Cors),
        ExternalAuthorization = ExternalAuthorization.Under(entry.ExternalAuthorization),
        SidecarBypass = entry.SidecarBypass ?? SidecarBypass,
        Tier = entry.Tier ?? Tier,
        Flags = entry.Flags ?? Flags,
    };

    // A copy made by `with` copies these fields too, so each names its owner.
    private sealed record Written(PolicyModel Of, string Text);

    private sealed record FlaggedPolicies(PolicyModel Of, ImmutableArray<PolicyModel> Policies);
}
