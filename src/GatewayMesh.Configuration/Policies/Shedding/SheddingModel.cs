using System.Text.Json.Serialization;

namespace GatewayMesh.Configuration.Policies.Shedding;

/// <summary>
/// Load shedding as the permits of a limit run out. The shares apply to <c>limits.maxConcurrentRequests</c> at the caller's proxy and to
/// the adaptive limit at the callee's. A configured limit is rounded up (so that limits below 20 are available to all but sheddable
/// requests); a measured limit of two or more always reserves one permit for critical requests.
/// </summary>
public sealed record SheddingModel
{
    /// <summary>The defaults.</summary>
    public static SheddingModel Default { get; } = new();

    /// <summary>Criticality of a request that declares none. Default: <see cref="Criticality.Default"/>.</summary>
    public Criticality Criticality { get; init; } = Criticality.Default;

    /// <summary>Share of a limit above which sheddable requests are refused, 0 to 1. Default: 0.8.</summary>
    [JsonPropertyName("sheddable")]
    public double SheddableShare { get; init; } = 0.8;

    /// <summary>Share of a limit above which all but critical requests are refused, above 0 up to 1. Default: 0.95.</summary>
    [JsonPropertyName("default")]
    public double DefaultShare { get; init; } = 0.95;

    // Values from two entries may contradict each other where each alone does not: the stricter value applies to the less important
    // request.
    internal SheddingModel Under(SheddingEntry entry)
    {
        var defaults = entry.Default ?? DefaultShare;
        return this with
        {
            Criticality = entry.Criticality ?? Criticality,
            SheddableShare = Math.Min(entry.Sheddable ?? SheddableShare, defaults),
            DefaultShare = defaults,
        };
    }
}
