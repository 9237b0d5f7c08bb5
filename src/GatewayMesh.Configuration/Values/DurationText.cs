using System.Globalization;

namespace GatewayMesh.Configuration.Values;

/// <summary>Durations in text form: <c>250ms 2s 1m 10m 1h</c>, or combined from large to small (<c>1m30s</c>).</summary>
public static class DurationText
{
    private static readonly (string Unit, long Milliseconds)[] Units = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

    /// <summary>Maximum duration: 10,000 hours.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromHours(10_000);

    /// <summary>Reads a duration; false when the text is invalid, has no unit, or is longer than <see cref="Longest"/>.</summary>
    public static bool TryParse(string text, out TimeSpan value) => TryParse(text, Longest, out value);

    /// <summary>Reads a duration; false when the text is invalid, has no unit, or is longer than <paramref name="longest"/>.</summary>
    public static bool TryParse(string text, TimeSpan longest, out TimeSpan value)
    {
        ArgumentNullException.ThrowIfNull(text);
        value = default;
        var rest = text.AsSpan();
        var total = 0L;
        var smallest = -1;
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0 || !long.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            rest = rest[digits..];
            var letters = rest.IndexOfAnyInRange('0', '9');
            var unit = rest[..(letters < 0 ? rest.Length : letters)];
            var index = IndexOf(unit);
            if (index <= smallest || number > longest.TotalMilliseconds / Units[index].Milliseconds)
            {
                return false;
            }

            smallest = index;
            total += number * Units[index].Milliseconds;
            rest = rest[unit.Length..];
        }

        value = TimeSpan.FromMilliseconds(total);
        return smallest >= 0 && value <= longest;
    }

    /// <summary>Writes a duration in its largest whole unit; fractions of a millisecond are dropped.</summary>
    public static string Format(TimeSpan value)
    {
        var milliseconds = (long)value.TotalMilliseconds;
        var (unit, size) = milliseconds == 0 ? ("s", 1L) : Array.Find(Units, candidate => milliseconds % candidate.Milliseconds == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds / size}{unit}");
    }

    private static int IndexOf(ReadOnlySpan<char> unit)
    {
        for (var i = 0; i < Units.Length; i++)
        {
            if (unit.SequenceEqual(Units[i].Unit))
            {
                return i;
            }
        }

        return -1;
    }
}
