using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>Declared <c>loadBalancing.maglev</c>.</summary>
public sealed record MaglevEntry
{
    private static readonly ScalarType<int> Prime = ScalarTypes.Number(2, MaglevModel.Largest).Where(
        IsPrime, "is not a prime number", "use a prime at least a hundred times the number of instances, such as 65537");

    /// <summary><c>tableSize</c>: number of table entries, a prime.</summary>
    public int? TableSize { get; init; }

    internal static MaglevEntry Bind(MappingReader reader) => new() { TableSize = reader.OrNull("tableSize", Prime) };

    private static bool IsPrime(int number)
    {
        for (var divisor = 2; divisor <= number / divisor; divisor++)
        {
            if (number % divisor == 0)
            {
                return false;
            }
        }

        return number > 1;
    }
}
