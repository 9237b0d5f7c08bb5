using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Policies.AdaptiveConcurrency;
using GatewayMesh.Configuration.Policies.Ejection;
using GatewayMesh.Configuration.Policies.Hedging;
using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Configuration.Policies.SidecarBypass;
using GatewayMesh.Configuration.Policies.Timeouts;
using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Configuration.Policies;

/// <summary>How calls to a service are made (from <c>kind: service-policy</c>). Two are equal when they say the same.</summary>
public sealed record PolicyModel
{
    private Written? _written;

    /// <summary>The defaults.</summary>
    public static PolicyModel Default { get; } = new();

    /// <summary>How long the parts of a call may take.</summary>
    public TimeoutsModel Timeouts { get; init; } = TimeoutsModel.Default;

    /// <summary>Whether a failed attempt is followed by another.</summary>
    public RetriesModel Retries { get; init; } = RetriesModel.Default;

    /// <summary>Whether a slow request is sent to a second instance too.</summary>
    public HedgingModel Hedging { get; init; } = HedgingModel.Default;

    /// <summary>How an instance is picked.</summary>
    public LoadBalancingModel LoadBalancing { get; init; } = LoadBalancingModel.Default;

    /// <summary>When an instance is taken out of the choice.</summary>
    public EjectionModel Ejection { get; init; } = EjectionModel.Default;

    /// <summary>How much of it there may be at one time.</summary>
    public LimitsModel Limits { get; init; } = LimitsModel.Default;

    /// <summary>Who is refused first when there is not room for all.</summary>
    public SheddingModel Shedding { get; init; } = SheddingModel.Default;

    /// <summary>The limit that the callee's own sidecar finds by measuring.</summary>
    public AdaptiveConcurrencyModel AdaptiveConcurrency { get; init; } = AdaptiveConcurrencyModel.Default;

    /// <summary>What becomes of a call when every sidecar of its callee is broken. Default: it fails.</summary>
    public SidecarBypassMode SidecarBypass { get; init; }

    /// <summary>All of it as JSON, always in the same words: for the revision, for <c>/config</c> and <c>/explain</c>.</summary>
    [JsonIgnore]
    public string Text => (_written is { } written && ReferenceEquals(written.Of, this) ? written : _written = new Written(this, PolicyJson.Write(this))).Text;

    /// <summary>By what it says.</summary>
    public bool Equals(PolicyModel? other) => ReferenceEquals(this, other) || (other is not null && Text == other.Text);

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <summary>With what a rule of a router says of timeouts and retries; itself when it says nothing.</summary>
    public PolicyModel With(RouteAction action)
    {
        var (timeouts, retries) = (Timeouts.With(action), Retries.With(action));
        return ReferenceEquals(timeouts, Timeouts) && ReferenceEquals(retries, Retries) ? this : this with { Timeouts = timeouts, Retries = retries };
    }

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
        SidecarBypass = entry.SidecarBypass ?? SidecarBypass,
    };

    // A copy made by `with` carries this field along, so it says of which one it is.
    private sealed record Written(PolicyModel Of, string Text);
}
