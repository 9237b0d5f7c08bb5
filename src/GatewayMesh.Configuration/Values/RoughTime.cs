using System.Globalization;

namespace GatewayMesh.Configuration.Values;

/// <summary>Times as text for people, in one unit.</summary>
public static class RoughTime
{
    /// <summary>Formats a time for people: <c>2.9 days</c>, <c>20 hours</c>, <c>5 minutes</c>.</summary>
    public static string Text(TimeSpan time) => time.Duration() switch
    {
        { TotalHours: >= 48 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.#} days"),
        { TotalMinutes: >= 120 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0} hours"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} minutes"),
    };
}
