using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Shedding;

/// <summary>Declared <c>shedding</c> of a service-policy; a null value is inherited.</summary>
public sealed record SheddingEntry
{
    /// <summary><c>criticality</c>: criticality of a request that declares none.</summary>
    public Criticality? Criticality { get; init; }

    /// <summary><c>sheddable</c>: share of a limit above which sheddable requests are refused.</summary>
    public double? Sheddable { get; init; }

    /// <summary><c>default</c>: share of a limit above which non-critical requests are refused.</summary>
    public double? Default { get; init; }

    internal static SheddingEntry Bind(MappingReader reader)
    {
        var entry = new SheddingEntry
        {
            Criticality = reader.OrNull("criticality", CriticalityWord.Type),
            Sheddable = reader.OrNull("sheddable", ScalarTypes.Percent),
            Default = reader.OrNull("default", ScalarTypes.Percent),
        };
        if (entry.Sheddable > entry.Default)
        {
            reader.Fail(
                "sheddable",
                "is above default, so that less important requests would be refused later",
                "lower sheddable or raise default, such as 80% and 95%");
        }

        if (entry.Default == 0)
        {
            reader.Fail("default", "is 0%, at which only critical requests pass", "use a percentage above 0% such as 95%");
        }

        return entry;
    }
}
