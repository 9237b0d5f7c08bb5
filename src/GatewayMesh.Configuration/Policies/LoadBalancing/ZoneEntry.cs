using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>Declared <c>loadBalancing.zone</c>.</summary>
public sealed record ZoneEntry
{
    private static readonly ScalarType<double> AboveZero = ScalarTypes.Percent.Where(
        share => share > 0, "is zero", "use a percentage above 0%, such as 70%, or set first: false to ignore zones");

    /// <summary><c>first</c>: true to prefer instances in the local zone.</summary>
    public bool? First { get; init; }

    /// <summary><c>spillBelow</c>: share of usable local instances below which the zone spills over.</summary>
    public double? SpillBelow { get; init; }

    internal static ZoneEntry Bind(MappingReader reader)
    {
        var entry = new ZoneEntry { First = reader.OrNull("first", ScalarTypes.Flag), SpillBelow = reader.OrNull("spillBelow", AboveZero) };
        if (entry is { First: false, SpillBelow: not null })
        {
            reader.Fail("spillBelow", "has no effect with first: false", "remove one of them");
        }

        return entry;
    }
}
