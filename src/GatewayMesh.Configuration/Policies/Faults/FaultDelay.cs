using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Faults;

/// <summary>
/// <c>delay</c> of a fault: the same time for each request, or a distribution. Sampled delays are held within <see cref="Min"/> and
/// <see cref="Max"/>.
/// </summary>
public sealed record FaultDelay
{
    /// <summary>Longest delay: 5 min.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private static readonly ScalarType<TimeSpan> Bounded = ScalarTypes.Duration.Where(
        delay => delay <= Longest, "is longer than 5m", "use a delay of 5m or less, such as 100ms");

    private static readonly ScalarType<TimeSpan> BoundedOrZero = ScalarTypes.Wait.Where(
        delay => delay <= Longest, "is longer than 5m", "use a delay of 5m or less, such as 0s");

    private static readonly ScalarType<DelayDistribution> Distributions = ScalarTypes.Word<DelayDistribution>(
        [("uniform", DelayDistribution.Uniform), ("normal", DelayDistribution.Normal), ("exponential", DelayDistribution.Exponential)]);

    /// <summary><c>distribution</c>. Default: <see cref="DelayDistribution.Fixed"/>.</summary>
    public DelayDistribution Distribution { get; init; }

    /// <summary>Shortest delay. Default: zero; a fixed delay has its value here.</summary>
    public TimeSpan Min { get; init; }

    /// <summary>Longest delay, at most 5 min; a fixed delay has its value here.</summary>
    public TimeSpan Max { get; init; }

    /// <summary>Normal and exponential: mean before the bounds apply. Default: zero, for the others.</summary>
    public TimeSpan Mean { get; init; }

    /// <summary>Normal: standard deviation before the bounds apply. Default: zero, for the others.</summary>
    [JsonPropertyName("stdev")]
    public TimeSpan Deviation { get; init; }

    /// <summary>Returns a fixed delay.</summary>
    public static FaultDelay Of(TimeSpan delay) => new() { Min = delay, Max = delay };

    // The value is a duration, or a mapping with a distribution.
    internal static FaultDelay? Bind(MappingReader reader, string key) =>
        !reader.Has(key) ? null
        : reader.IsText(key) ? (reader.OrNull(key, Bounded) is { } delay ? Of(delay) : null)
        : reader.Section(key, Bind);

    private static FaultDelay Bind(MappingReader reader)
    {
        var distribution = reader.Required("distribution", Distributions);
        var samples = distribution is DelayDistribution.Normal or DelayDistribution.Exponential;
        var delay = new FaultDelay
        {
            Distribution = distribution,
            Min = reader.Optional("min", BoundedOrZero, TimeSpan.Zero),
            Max = reader.Required("max", Bounded),
            Mean = samples ? reader.Required("mean", Bounded) : TimeSpan.Zero,
            Deviation = distribution == DelayDistribution.Normal ? reader.Required("stdev", Bounded) : TimeSpan.Zero,
        };
        if (delay.Max > TimeSpan.Zero && delay.Min > delay.Max)
        {
            reader.Fail("min", "is longer than max", "raise max or lower min, such as 50ms and 200ms");
        }

        if (samples && delay.Max > TimeSpan.Zero && delay.Mean > delay.Max)
        {
            reader.Fail("mean", "is longer than max", "raise max or lower mean, such as 200ms and 50ms");
        }

        return delay;
    }
}
