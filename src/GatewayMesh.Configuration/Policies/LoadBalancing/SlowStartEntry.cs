using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary><c>loadBalancing.slowStart</c>, as declared.</summary>
public sealed record SlowStartEntry
{
    private static readonly ScalarType<double> Power = ScalarTypes.Real(0.1, 10);

    /// <summary><c>window</c>: how long an instance takes to its whole share.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary><c>aggression</c>: how bent the way up is.</summary>
    public double? Aggression { get; init; }

    /// <summary><c>minWeight</c>: share of its share that it begins with.</summary>
    public double? MinWeight { get; init; }

    internal static SlowStartEntry Bind(MappingReader reader) => new()
    {
        Window = reader.OrNull("window", ScalarTypes.Wait),
        Aggression = reader.OrNull("aggression", Power),
        MinWeight = reader.OrNull("minWeight", ScalarTypes.Percent),
    };
}
