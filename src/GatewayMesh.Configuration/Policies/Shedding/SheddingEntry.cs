using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Shedding;

/// <summary><c>shedding</c> of a service-policy, as declared; what is null falls to the policy beneath.</summary>
public sealed record SheddingEntry
{
    /// <summary><c>criticality</c>: of a request that does not say.</summary>
    public Criticality? Criticality { get; init; }

    /// <summary><c>sheddable</c>: share of a limit from which sheddable requests are refused.</summary>
    public double? Sheddable { get; init; }

    /// <summary><c>default</c>: share of a limit from which requests are refused that are not critical.</summary>
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
            reader.Fail("sheddable", "is above default, so that what matters less would be refused later", "make sheddable the smaller one, such as 80% and 95%");
        }

        if (entry.Default == 0)
        {
            reader.Fail("default", "is 0%, at which only critical requests pass", "say a percentage above 0% such as 95%");
        }

        return entry;
    }
}
