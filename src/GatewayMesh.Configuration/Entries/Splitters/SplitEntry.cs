using System.Globalization;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Headers;

namespace GatewayMesh.Configuration.Entries.Splitters;

/// <summary>A declared share of a splitter.</summary>
/// <param name="Weight">Weight in hundredths of a percent, 0 to 10,000; finer values are rounded, as in Consul.</param>
public sealed record SplitEntry(int Weight)
{
    /// <summary>Total weight: 10,000.</summary>
    public const int Whole = 10_000;

    // Consul reads a 32-bit float, scales, and rounds.
    private static readonly ScalarType<int> Share = new("use a percentage without the % sign, such as 33.34", text =>
        !float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight)
            || !float.IsFinite(weight) ? Scalar.Bad<int>(
                $"{Quoted.Of(text)} is not a weight",
                text.EndsWith('%') ? $"use {text.TrimEnd('%')}" : "use a percentage without the % sign, such as 33.34")
        : weight is < 0
            or > 100 ? Scalar.Bad<int>($"{Quoted.Of(text)} is not from 0 to 100", "use a percentage without the % sign, such as 33.34")
        : Scalar.Good((int)Math.Round((double)(weight * 100f), MidpointRounding.AwayFromZero)));

    /// <summary>Name of the service; empty for the splitter's own service.</summary>
    public string Service { get => field ?? ""; init; } = "";

    /// <summary>Name of the subset; empty for none.</summary>
    public string ServiceSubset { get => field ?? ""; init; } = "";

    /// <summary>Changes to the header fields of requests of this share; null for none.</summary>
    public HeaderChanges? RequestHeaders { get; init; }

    /// <summary>Changes to the header fields of their responses; null for none.</summary>
    public HeaderChanges? ResponseHeaders { get; init; }

    /// <summary>Location of the split; neither part of its meaning nor stored.</summary>
    [JsonIgnore]
    public SourceLocation At { get; init; }

    /// <summary>
    /// Returns this split with the header changes of <paramref name="inner"/>, the share of a splitter that this split leads to.
    /// </summary>
    internal SplitEntry Around(SplitEntry inner) => inner is { RequestHeaders: null, ResponseHeaders: null } ? this : this with
    {
        RequestHeaders = RequestHeaders?.Merge(inner.RequestHeaders) ?? inner.RequestHeaders,
        ResponseHeaders = ResponseHeaders?.Merge(inner.ResponseHeaders) ?? inner.ResponseHeaders,
    };

    internal static SplitEntry Bind(MappingReader reader)
    {
        reader.NotYet("partition");
        Tenancy.Read(reader);
        return new SplitEntry(reader.Optional("weight", Share, 0))
        {
            At = reader.Location,
            Service = reader.Optional("service", ScalarTypes.Service, ""),
            ServiceSubset = reader.Optional("serviceSubset", ScalarTypes.Text, ""),
            RequestHeaders = HeaderChanges.Bind(reader, "requestHeaders"),
            ResponseHeaders = HeaderChanges.Bind(reader, "responseHeaders"),
        };
    }
}
