using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Retries;

/// <summary><c>retries.budget</c> of a service-policy, as declared; what is null falls to the policy beneath.</summary>
public sealed record BudgetEntry
{
    /// <summary><c>ratio</c>: retries and hedges for each request, 0 to 1.</summary>
    public double? Ratio { get; init; }

    /// <summary><c>minPerSecond</c>: retries and hedges a second that are always allowed, 0 to 1000.</summary>
    public int? MinPerSecond { get; init; }

    internal static BudgetEntry Bind(MappingReader reader) => new()
    {
        Ratio = reader.OrNull("ratio", ScalarTypes.Percent),
        MinPerSecond = reader.OrNull("minPerSecond", ScalarTypes.Number(0, 1000)),
    };
}
