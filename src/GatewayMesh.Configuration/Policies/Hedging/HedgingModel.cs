using System.Text.Json.Serialization;

namespace GatewayMesh.Configuration.Policies.Hedging;

/// <summary>
/// Whether a slow request is sent to a second instance before the first has answered, the first good answer taken and the other request ended
/// (Dean and Barroso, "The Tail at Scale", CACM 2013). Only for methods that may be sent twice (see <c>retries</c>), without a body or with one that is
/// wholly kept; a hedge is an attempt, and spends the budget of retries. Neither delay nor quantile: no hedging.
/// </summary>
public sealed record HedgingModel
{
    /// <summary>The defaults.</summary>
    public static HedgingModel Default { get; } = new();

    /// <summary>After so long without an answer; null when <see cref="Quantile"/> says, or there is no hedging. Default: null.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>After as long as this share of the service's latest 256 answers took, 0.5 to below 1; not before 64 are known. Default: null.</summary>
    public double? Quantile { get; init; }

    /// <summary>Further requests for each. Default: 1.</summary>
    public int MaxHedges { get; init; } = 1;

    /// <summary>True when there is hedging.</summary>
    [JsonIgnore]
    public bool IsOn => MaxHedges > 0 && (Delay is not null || Quantile is not null);

    internal HedgingModel Under(HedgingEntry entry) => this with
    {
        Delay = entry.Delay ?? (entry.Quantile is null ? Delay : null),
        Quantile = entry.Quantile ?? (entry.Delay is null ? Quantile : null),
        MaxHedges = entry.MaxHedges ?? MaxHedges,
    };
}
