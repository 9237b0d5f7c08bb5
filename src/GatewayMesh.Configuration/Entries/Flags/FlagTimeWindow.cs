using System.Globalization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Flags;

/// <summary>Parameters of the filter <c>Microsoft.TimeWindow</c>.</summary>
public sealed record FlagTimeWindow
{
    // Only whole dates: a text such as 10:00 would be a time of the day on which it is read.
    private static readonly string[] Formats =
    [
        "r", "yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mmK",
        "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss K",
    ];

    /// <summary><c>Start</c>: begin of the period, or of its first occurrence; null: always begun.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary><c>End</c>: end of the period, or of its first occurrence; null: never.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary><c>Recurrence</c>: repetition of the period; null: once.</summary>
    public FlagRecurrence? Recurrence { get; init; }

    /// <summary>A date with a time; without an offset, UTC.</summary>
    internal static ScalarType<DateTimeOffset> Time { get; } = new("use a time such as 2030-05-01T08:00:00Z", text =>
        DateTimeOffset.TryParseExact(
            text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value)
            ? Scalar.Good(value)
            : Scalar.Bad<DateTimeOffset>(
                $"{Quoted.Of(text)} is not a date with a time",
                "use a time such as 2030-05-01T08:00:00Z, or Wed, 01 May 2030 08:00:00 GMT"));

    internal static FlagTimeWindow Bind(MappingReader reader)
    {
        var window = new FlagTimeWindow
        {
            Start = reader.OrNull("start", Time),
            End = reader.OrNull("end", Time),
        };
        if (!reader.Has("start") && !reader.Has("end"))
        {
            reader.Fail("has neither Start nor End", "add one of them, such as Start: 2030-05-01T08:00:00Z");
        }
        else if (window.End <= window.Start)
        {
            reader.Fail("end", "is not after Start", "use a later time");
        }

        return !reader.Has("recurrence") ? window : window with
        {
            Recurrence = reader.Section("recurrence", section => FlagRecurrence.Bind(section, window)),
        };
    }
}
