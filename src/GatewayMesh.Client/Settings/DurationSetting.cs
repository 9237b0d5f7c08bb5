using System.Globalization;

namespace GatewayMesh.Client.Settings;

/// <summary>Parses durations in the mesh's form (<c>250ms</c>, <c>2s</c>, <c>1m</c>, <c>1h</c>) or .NET's (<c>00:00:02</c>).</summary>
internal static class DurationSetting
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    public static bool TryParse(string text, out TimeSpan value)
    {
        foreach (var (unit, seconds) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(
                    text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number <= 1e9)
            {
                value = TimeSpan.FromSeconds(number * seconds);
                return true;
            }
        }

        // .NET would read a bare number as days.
        value = default;
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out value);
    }
}
