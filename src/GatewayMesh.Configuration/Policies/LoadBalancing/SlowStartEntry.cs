using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.LoadBalancing;

/// <summary>Declared <c>loadBalancing.slowStart</c>.</summary>
public sealed record SlowStartEntry
{
    private static readonly ScalarType<double> Power = ScalarTypes.Real(0.1, 10);

    /// <summary><c>window</c>: time until an instance receives its full share.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary><c>aggression</c>: curvature of the ramp.</summary>
    public double? Aggression { get; init; }

    /// <summary><c>minWeight</c>: initial fraction of the full share.</summary>
    public double? MinWeight { get; init; }

    internal static SlowStartEntry Bind(MappingReader reader) => new()
    {
        Window = reader.OrNull("window", ScalarTypes.Wait),
        Aggression = reader.OrNull("aggression", Power),
        MinWeight = reader.OrNull("minWeight", ScalarTypes.Percent),
    };
}
