using System.Text.Json.Serialization;

namespace GatewayMesh.Configuration.Policies.Shedding;

/// <summary>
/// Who is refused first as the places of a limit fill up. The shares are of <c>limits.maxConcurrentRequests</c> at the caller's proxy and of the limit that
/// adaptive concurrency has found at the callee's. Of a number that somebody wrote at least that share is given (so that fewer than 20 places are for
/// everybody but sheddable requests); of a limit that was found one place is always kept for what is critical, once there are two.
/// </summary>
public sealed record SheddingModel
{
    /// <summary>The defaults.</summary>
    public static SheddingModel Default { get; } = new();

    /// <summary>How much a request matters that does not say. Default: <see cref="Criticality.Default"/>.</summary>
    public Criticality Criticality { get; init; } = Criticality.Default;

    /// <summary>Share of a limit from which sheddable requests are refused, 0 to 1. Default: 0.8.</summary>
    [JsonPropertyName("sheddable")]
    public double SheddableShare { get; init; } = 0.8;

    /// <summary>Share of a limit from which all but critical requests are refused, above 0 up to 1. Default: 0.95.</summary>
    [JsonPropertyName("default")]
    public double DefaultShare { get; init; } = 0.95;

    // What came from two entries may contradict where each alone does not: the stricter word for the less important holds.
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
