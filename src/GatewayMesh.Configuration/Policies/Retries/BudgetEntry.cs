using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Retries;

/// <summary>Declared <c>retries.budget</c> of a service-policy; a null value is inherited.</summary>
public sealed record BudgetEntry
{
    /// <summary><c>ratio</c>: retries and hedges per request, 0 to 1.</summary>
    public double? Ratio { get; init; }

    /// <summary><c>minPerSecond</c>: retries and hedges per second that are always allowed, 0 to 1000.</summary>
    public int? MinPerSecond { get; init; }

    internal static BudgetEntry Bind(MappingReader reader) => new()
    {
        Ratio = reader.OrNull("ratio", ScalarTypes.Percent),
        MinPerSecond = reader.OrNull("minPerSecond", ScalarTypes.Number(0, 1000)),
    };
}
