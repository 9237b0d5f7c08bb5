using System.Globalization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.RateLimiting;

/// <summary>Rates in text form: <c>100/s</c>, <c>6000/m</c>, <c>50/h</c>, <c>1000/d</c>.</summary>
internal static class RateText
{
    /// <summary>Highest rate: 1,000,000 a second.</summary>
    public const double MaxPerSecond = 1_000_000;

    private const string Fix = "use a rate such as 100/s, 6000/m, 50/h or 1000/d";

    /// <summary>A rate as it was written; <see cref="PerSecond"/> reads the same text.</summary>
    public static ScalarType<string> Type { get; } = new(Fix, text =>
        PerSecond(text) is not { } rate ? Scalar.Bad<string>($"{Quoted.Of(text)} is not a rate", Fix)
        : rate == 0 ? Scalar.Bad<string>("is zero, at which no request ever passes", "use a rate above zero such as 100/s")
        : rate > MaxPerSecond ? Scalar.Bad<string>($"{Quoted.Of(text)} is out of range", "use at most 1000000/s")
        : Scalar.Good(text));

    /// <summary>Returns the tokens per second; null when invalid.</summary>
    public static double? PerSecond(string text)
    {
        if (text is not [.., '/', var unit]
            || !long.TryParse(text.AsSpan(0, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var amount))
        {
            return null;
        }

        return unit switch
        {
            's' => amount,
            'm' => amount / 60.0,
            'h' => amount / 3600.0,
            'd' => amount / 86400.0,
            _ => null,
        };
    }
}
