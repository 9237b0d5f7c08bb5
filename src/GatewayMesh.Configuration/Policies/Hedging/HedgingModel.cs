using System.Text.Json.Serialization;

namespace GatewayMesh.Configuration.Policies.Hedging;

/// <summary>
/// Hedging: a slow request is also sent to a second instance before the first has responded; the first good response is used and the other
/// request canceled (Dean and Barroso, "The Tail at Scale", CACM 2013). Applies only to methods that may be sent twice (see
/// <c>retries</c>), without a body or with a fully buffered body. A hedge is an attempt and uses the retry budget. Without delay and
/// quantile there is no hedging.
/// </summary>
public sealed record HedgingModel
{
    /// <summary>The defaults.</summary>
    public static HedgingModel Default { get; } = new();

    /// <summary>
    /// Time without a response before a hedge is sent; null if <see cref="Quantile"/> decides, or without hedging. Default: null.
    /// </summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>
    /// Quantile of the service's latest 256 latencies after which a hedge is sent, 0.5 to below 1; applies once 64 latencies are known.
    /// Default: null.
    /// </summary>
    public double? Quantile { get; init; }

    /// <summary>Additional requests per request. Default: 1.</summary>
    public int MaxHedges { get; init; } = 1;

    /// <summary>True if hedging is enabled.</summary>
    [JsonIgnore]
    public bool IsOn => MaxHedges > 0 && (Delay is not null || Quantile is not null);

    internal HedgingModel Under(HedgingEntry entry) => this with
    {
        Delay = entry.Delay ?? (entry.Quantile is null ? Delay : null),
        Quantile = entry.Quantile ?? (entry.Delay is null ? Quantile : null),
        MaxHedges = entry.MaxHedges ?? MaxHedges,
    };
}
