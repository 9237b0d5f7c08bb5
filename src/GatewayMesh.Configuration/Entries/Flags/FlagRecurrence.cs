using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries.Flags;

/// <summary>
/// <c>Recurrence</c> of the filter <c>Microsoft.TimeWindow</c>. Its rules are the library's, which would fail each request instead.
/// </summary>
public sealed record FlagRecurrence
{
    private const int DaysOfAWeek = 7;
    private const int MaxDays = 3650;

    private static readonly ScalarType<bool> Pattern = ScalarTypes.Word([("Daily", false), ("Weekly", true)]);

    private static readonly ScalarType<DayOfWeek> Day = ScalarTypes.Word<DayOfWeek>(
        [.. Enum.GetValues<DayOfWeek>().Select(day => (day.ToString(), day))]);

    private static readonly ScalarType<FlagRangeKind> RangeKind = ScalarTypes.Word<FlagRangeKind>(
        [("NoEnd", FlagRangeKind.NoEnd), ("EndDate", FlagRangeKind.EndDate), ("Numbered", FlagRangeKind.Numbered)]);

    /// <summary><c>Pattern.Type</c>: true for <c>Weekly</c>, false for <c>Daily</c>.</summary>
    public bool IsWeekly { get; init; }

    /// <summary><c>Pattern.Interval</c>: days or weeks between two occurrences. Default: 1.</summary>
    public int Interval { get; init; } = 1;

    /// <summary><c>Pattern.DaysOfWeek</c>: days of a weekly period.</summary>
    public ImmutableArray<DayOfWeek> DaysOfWeek { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary><c>Pattern.FirstDayOfWeek</c>. Default: Sunday.</summary>
    public DayOfWeek FirstDayOfWeek { get; init; }

    /// <summary><c>Range.Type</c>. Default: <c>NoEnd</c>.</summary>
    public FlagRangeKind Range { get; init; }

    /// <summary><c>Range.EndDate</c>: time after which no occurrence begins; null unless <see cref="Range"/> is <c>EndDate</c>.</summary>
    public DateTimeOffset? EndDate { get; init; }

    /// <summary><c>Range.NumberOfOccurrences</c>; null unless <see cref="Range"/> is <c>Numbered</c>.</summary>
    public int? NumberOfOccurrences { get; init; }

    internal static FlagRecurrence Bind(MappingReader reader, FlagTimeWindow window)
    {
        var recurrence = reader.Section("pattern", BindPattern);
        recurrence = reader.Section("range", section => BindRange(section, recurrence, window));
        if (window is not { Start: { } start, End: { } end })
        {
            reader.Fail("needs Start and End, the first occurrence", "add both to the parameters");
        }
        else if (end > start)
        {
            Check(reader, recurrence, start, end - start);
        }

        return recurrence;
    }

    private static FlagRecurrence BindPattern(MappingReader reader)
    {
        var pattern = new FlagRecurrence
        {
            IsWeekly = reader.Required("type", Pattern),
            Interval = reader.Optional("interval", ScalarTypes.Number(1, 1000), 1),
            DaysOfWeek = [.. reader.List("daysOfWeek", Day).Distinct()],
            FirstDayOfWeek = reader.Optional("firstDayOfWeek", Day, DayOfWeek.Sunday),
        };
        if (pattern is { IsWeekly: true, DaysOfWeek.IsEmpty: true })
        {
            reader.Fail("has no DaysOfWeek", "add the days, such as DaysOfWeek: [ Monday, Friday ]");
        }

        return pattern;
    }

    private static FlagRecurrence BindRange(MappingReader reader, FlagRecurrence pattern, FlagTimeWindow window)
    {
        var range = pattern with
        {
            Range = reader.Optional("type", RangeKind, FlagRangeKind.NoEnd),
            EndDate = reader.OrNull("endDate", FlagTimeWindow.Time),
            NumberOfOccurrences = reader.OrNull("numberOfOccurrences", ScalarTypes.Number(1, int.MaxValue)),
        };
        if (range.Range == FlagRangeKind.EndDate && !reader.Has("endDate"))
        {
            reader.Fail("has no EndDate", "add it, such as EndDate: 2030-12-31T00:00:00Z");
        }
        else if (range.Range == FlagRangeKind.Numbered && !reader.Has("numberOfOccurrences"))
        {
            reader.Fail("has no NumberOfOccurrences", "add it, such as NumberOfOccurrences: 10");
        }
        else if (range.EndDate < window.Start)
        {
            reader.Fail("endDate", "is before Start", "use a later time");
        }

        return range;
    }

    private static void Check(MappingReader reader, FlagRecurrence recurrence, DateTimeOffset start, TimeSpan length)
    {
        if (length >= TimeSpan.FromDays(MaxDays))
        {
            reader.Fail("repeats a period of ten years or more", "use an earlier End");
        }
        else if (length > TimeSpan.FromDays(recurrence.Interval * (recurrence.IsWeekly ? DaysOfAWeek : 1)))
        {
            reader.Fail("repeats a period that is longer than its interval", "use an earlier End, or a larger Pattern.Interval");
        }
        else if (recurrence is { IsWeekly: true, DaysOfWeek.IsEmpty: false })
        {
            if (length > Gap(recurrence))
            {
                reader.Fail("repeats a period that lasts until its next day or longer", "use an earlier End, or fewer DaysOfWeek");
            }

            if (!recurrence.DaysOfWeek.Contains(start.DayOfWeek))
            {
                reader.Fail(
                    $"begins on a {start.DayOfWeek}, which is not one of DaysOfWeek", "use a Start on one of the days, or add the day");
            }
        }
    }

    // Least time between the begin of two occurrences. The days of one week meet those of the next only if every week counts.
    private static TimeSpan Gap(FlagRecurrence recurrence)
    {
        int[] days = [.. recurrence.DaysOfWeek.Select(day => (day - recurrence.FirstDayOfWeek + DaysOfAWeek) % DaysOfAWeek).Order()];
        var gaps = days.Zip(days.Skip(1), (one, next) => next - one);
        if (days.Length == 1)
        {
            return TimeSpan.FromDays(recurrence.Interval * DaysOfAWeek);
        }

        return TimeSpan.FromDays((recurrence.Interval == 1 ? gaps.Append(days[0] + DaysOfAWeek - days[^1]) : gaps).Min());
    }
}
