using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Hedging;

/// <summary><c>hedging</c> of a service-policy, as declared; what is null falls to the policy beneath.</summary>
public sealed record HedgingEntry
{
    private static readonly ScalarType<double> Part = ScalarTypes.Percent.Where(
        share => share is >= 0.5 and < 1, "is no useful quantile", "say a quantile from 50% to below 100%, such as 95%");

    /// <summary><c>delay</c>: after so long without an answer.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary><c>quantile</c>: after as long as this share of the service's latest answers took, 0.5 to below 1.</summary>
    public double? Quantile { get; init; }

    /// <summary><c>maxHedges</c>: further requests for each, 0 to 3; 0 switches off what the policy beneath says.</summary>
    public int? MaxHedges { get; init; }

    internal static HedgingEntry Bind(MappingReader reader)
    {
        var entry = new HedgingEntry
        {
            Delay = reader.OrNull("delay", ScalarTypes.Duration),
            Quantile = reader.OrNull("quantile", Part),
            MaxHedges = reader.OrNull("maxHedges", ScalarTypes.Number(0, 3)),
        };
        if (entry is { Delay: not null, Quantile: not null })
        {
            reader.Fail("quantile", "stands beside delay", "keep one of the two: a fixed time, or one that follows the service");
        }

        return entry;
    }
}
