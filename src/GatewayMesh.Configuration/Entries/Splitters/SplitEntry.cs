using System.Globalization;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Splitters;

/// <summary>One share of a splitter, as declared.</summary>
/// <param name="Weight">In hundredths of a percent, 0 to 10,000; what is finer is rounded, as Consul does.</param>
public sealed record SplitEntry(int Weight)
{
    /// <summary>All of it: 10,000.</summary>
    public const int Whole = 10_000;

    // Consul reads a float of 32 bits, and rounds it scaled.
    private static readonly ScalarType<int> Share = new("say a percentage without its sign, such as 33.34", text =>
        !float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) || !float.IsFinite(weight) ? Scalar.Bad<int>($"{Quoted.Of(text)} is not a weight", text.EndsWith('%') ? $"say {text.TrimEnd('%')}" : "say a percentage without its sign, such as 33.34")
        : weight is < 0 or > 100 ? Scalar.Bad<int>($"{Quoted.Of(text)} is not from 0 to 100", "say a percentage without its sign, such as 33.34")
        : Scalar.Good((int)Math.Round((double)(weight * 100f), MidpointRounding.AwayFromZero)));

    /// <summary>Name of the service; empty for the splitter's own.</summary>
    public string Service { get; init; } = "";

    /// <summary>Name of the subset; empty for none.</summary>
    public string ServiceSubset { get; init; } = "";

    /// <summary>Where it stands; not part of its meaning and not stored.</summary>
    [JsonIgnore]
    public SourceLocation At { get; init; }

    internal static SplitEntry Bind(MappingReader reader)
    {
        foreach (var key in (ReadOnlySpan<string>)["requestHeaders", "responseHeaders", "partition"])
        {
            reader.NotYet(key);
        }

        Tenancy.Read(reader);
        return new SplitEntry(reader.Optional("weight", Share, 0))
        {
            At = reader.Location,
            Service = reader.Optional("service", ScalarTypes.Name, ""),
            ServiceSubset = reader.Optional("serviceSubset", ScalarTypes.Text, ""),
        };
    }
}
