using System.Buffers;
using System.Globalization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries;

/// <summary>
/// Durations as Consul reads them: Go durations (<c>1m30s</c>, <c>1.5s</c>, <c>300ms</c>, <c>0</c>), or in JSON a whole number of
/// nanoseconds. A number so small that the unit was probably forgotten is an error.
/// </summary>
internal static class GoDuration
{
    private const long NanosecondsPerTick = 100;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly (string Unit, double Ticks)[] Units =
    [
        ("ns", 1.0 / NanosecondsPerTick),
        ("us", TimeSpan.TicksPerMicrosecond),
        ("µs", TimeSpan.TicksPerMicrosecond),
        ("μs", TimeSpan.TicksPerMicrosecond),
        ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>A Go duration, zero or more.</summary>
    public static ScalarType<TimeSpan> Type { get; } = new("use a duration such as 250ms, 2s or 1m", Read);

    private static Scalar<TimeSpan> Read(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var nanoseconds))
        {
            return nanoseconds is > 0 and < 1_000_000
                ? Scalar.Bad<TimeSpan>($"{Quoted.Of(text)} would be nanoseconds", $"add a unit, such as {text}s or {text}ms")
                : NotNegative(text, nanoseconds / NanosecondsPerTick);
        }

        var rest = text.AsSpan().TrimStart('-');
        var ticks = 0.0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0
                || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return Bad(text);
            }

            rest = rest[digits..];
            var letters = rest.IndexOfAny(Digits);
            var unit = rest[..(letters < 0 ? rest.Length : letters)];
            var size = SizeOf(unit);
            if (size == 0)
            {
                return Bad(text);
            }

            ticks += number * size;
            rest = rest[unit.Length..];
        }

        return text.AsSpan().TrimStart('-').IsEmpty || ticks > TimeSpan.FromDays(10_000).Ticks
            ? Bad(text)
            : NotNegative(text, (long)(text.StartsWith('-') ? -ticks : ticks));
    }

    private static double SizeOf(ReadOnlySpan<char> unit)
    {
        foreach (var (name, ticks) in Units)
        {
            if (unit.SequenceEqual(name))
            {
                return ticks;
            }
        }

        return 0;
    }

    private static Scalar<TimeSpan> NotNegative(string text, long ticks) =>
        ticks < 0
            ? Scalar.Bad<TimeSpan>($"{Quoted.Of(text)} is negative", "use a duration such as 250ms, 2s or 1m")
            : Scalar.Good(TimeSpan.FromTicks(ticks));

    private static Scalar<TimeSpan> Bad(string text) =>
        Scalar.Bad<TimeSpan>($"{Quoted.Of(text)} is not a duration", "use a duration such as 250ms, 2s or 1m");
}
