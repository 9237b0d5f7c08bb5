using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Flags;

/// <summary>An item of <c>conditions.client_filters</c>: a condition of a feature flag.</summary>
public sealed record FlagFilter
{
    private static readonly ScalarType<FlagFilterKind> Names = ScalarTypes.Word<FlagFilterKind>(
        [
            ("Microsoft.Percentage", FlagFilterKind.Percentage),
            ("Microsoft.TimeWindow", FlagFilterKind.TimeWindow),
            ("Microsoft.Targeting", FlagFilterKind.Targeting),
            ("AlwaysOn", FlagFilterKind.AlwaysOn),
        ]);

    // The library accepts names without their namespace too.
    private static readonly ScalarType<FlagFilterKind> Type = new(
        Names.Fix, text => Names.Read(text is "Percentage" or "TimeWindow" or "Targeting" ? $"Microsoft.{text}" : text));

    private static readonly ScalarType<double> Share = ScalarTypes.Real(0, 100);

    /// <summary>Kind of the filter.</summary>
    public FlagFilterKind Kind { get; init; }

    /// <summary>Share of <see cref="FlagFilterKind.Percentage"/>, 0 to 100. Default: 0.</summary>
    public double Percentage { get; init; }

    /// <summary>Period of <see cref="FlagFilterKind.TimeWindow"/>; otherwise null.</summary>
    public FlagTimeWindow? Window { get; init; }

    /// <summary>Audience of <see cref="FlagFilterKind.Targeting"/>; otherwise null.</summary>
    public FlagAudience? Audience { get; init; }

    internal static FlagFilter Bind(MappingReader reader)
    {
        var before = reader.Has("name");
        var kind = reader.Required("name", Type);
        if (!before)
        {
            _ = reader.Has("parameters"); // which keys are known depends on the name
            return new FlagFilter();
        }

        return kind switch
        {
            FlagFilterKind.Percentage => new FlagFilter
            {
                Kind = kind,
                Percentage = reader.Section("parameters", section => section.Required("value", Share)),
            },
            FlagFilterKind.TimeWindow => new FlagFilter
            {
                Kind = kind,
                Window = reader.Section("parameters", FlagTimeWindow.Bind),
            },
            FlagFilterKind.Targeting => new FlagFilter
            {
                Kind = kind,
                Audience = reader.Section("parameters", BindAudience),
            },
            _ => Without(reader),
        };
    }

    private static FlagFilter Without(MappingReader reader)
    {
        _ = reader.Has("parameters");
        return new FlagFilter { Kind = FlagFilterKind.AlwaysOn };
    }

    private static FlagAudience BindAudience(MappingReader reader)
    {
        if (!reader.Has("audience"))
        {
            reader.Fail("has no Audience", "add Audience: { Users, Groups, DefaultRolloutPercentage }");
        }

        return reader.Section("audience", FlagAudience.Bind);
    }
}
