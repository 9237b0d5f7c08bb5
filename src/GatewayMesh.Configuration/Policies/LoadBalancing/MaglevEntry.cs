using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary><c>loadBalancing.maglev</c>, as declared.</summary>
public sealed record MaglevEntry
{
    private static readonly ScalarType<int> Prime = ScalarTypes.Number(2, MaglevModel.Largest).Where(
        IsPrime, "is not a prime number", "say a prime at least a hundred times the number of instances, such as 65537");

    /// <summary><c>tableSize</c>: places of the table, a prime.</summary>
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
