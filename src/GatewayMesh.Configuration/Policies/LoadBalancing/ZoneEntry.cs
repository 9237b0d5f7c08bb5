using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary><c>loadBalancing.zone</c>, as declared.</summary>
public sealed record ZoneEntry
{
    private static readonly ScalarType<double> AboveZero = ScalarTypes.Percent.Where(share => share > 0, "is zero", "say a percentage above 0%, such as 70%; first: false looks at no zone");

    /// <summary><c>first</c>: whether instances of the own zone go before others.</summary>
    public bool? First { get; init; }

    /// <summary><c>spillBelow</c>: share of the own zone's instances that must be usable for it to keep all requests.</summary>
    public double? SpillBelow { get; init; }

    internal static ZoneEntry Bind(MappingReader reader)
    {
        var entry = new ZoneEntry { First = reader.OrNull("first", ScalarTypes.Flag), SpillBelow = reader.OrNull("spillBelow", AboveZero) };
        if (entry is { First: false, SpillBelow: not null })
        {
            reader.Fail("spillBelow", "says when the own zone spills over, and first: false looks at no zone", "leave one of them out");
        }

        return entry;
    }
}
