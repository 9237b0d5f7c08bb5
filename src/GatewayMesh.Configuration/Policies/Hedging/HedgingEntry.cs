using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Hedging;

/// <summary>Declared <c>hedging</c> of a service-policy; a null value is inherited.</summary>
public sealed record HedgingEntry
{
    private static readonly ScalarType<double> Part = ScalarTypes.Percent.Where(
        share => share is >= 0.5 and < 1, "is out of range", "use a quantile from 50% to below 100%, such as 95%");

    /// <summary><c>delay</c>: time without a response before a hedge is sent.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary><c>quantile</c>: quantile of the service's recent latencies after which a hedge is sent, 0.5 to below 1.</summary>
    public double? Quantile { get; init; }

    /// <summary><c>maxHedges</c>: additional requests per request, 0 to 3; 0 disables inherited hedging.</summary>
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
            reader.Fail("quantile", "conflicts with delay", "remove one of them: delay is a fixed time, quantile follows the service");
        }

        return entry;
    }
}
