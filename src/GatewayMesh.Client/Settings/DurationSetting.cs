using System.Globalization;

namespace GatewayMesh.Client.Settings;

/// <summary>Durations as the mesh writes them (<c>250ms</c>, <c>2s</c>, <c>1m</c>, <c>1h</c>) or as .NET does (<c>00:00:02</c>).</summary>
internal static class DurationSetting
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    public static bool TryParse(string text, out TimeSpan value)
    {
        foreach (var (unit, seconds) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number <= 1e9)
            {
                value = TimeSpan.FromSeconds(number * seconds);
                return true;
            }
        }

        // A bare number would be days.
        value = default;
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out value);
    }
}
