using GatewayMesh.Configuration.Entries.Flags;
using GatewayMesh.Proxy.FeatureFlags;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.FeatureFlags;

/// <summary>Decisions of the library over our definitions, time windows in virtual time.</summary>
public sealed class FlagTableTests
{
    private static readonly DateTimeOffset Monday = new(2030, 5, 6, 0, 0, 0, TimeSpan.Zero);

    private FakeTimeProvider _time = null!;

    [SetUp]
    public void Make() => _time = new FakeTimeProvider(Monday);

    [Test]
    public void A_flag_without_filters_is_on_while_it_is_enabled()
    {
        Assert.That(Decide(Flags.On("f")), Is.EqualTo(new FlagDecision(true, FlagReason.NoFilters)));
        Assert.That(Decide(Flags.On("f") with { Enabled = false }), Is.EqualTo(new FlagDecision(false, FlagReason.Disabled)));
    }

    [Test]
    public void A_flag_that_is_not_declared_is_off() =>
        Assert.That(
            FlagTable.Empty.Decide(FlagTable.Empty.Find("f"), FlagSubject.Nobody),
            Is.EqualTo(new FlagDecision(false, FlagReason.Unknown)));

    [Test]
    public void Names_of_flags_have_no_case() => Assert.That(Flags.Table(_time, Flags.On("Dark")).Find("dark"), Is.Not.Null);

    [TestCase(-1, false)]
    [TestCase(0, true)]
    [TestCase(59, true)]
    [TestCase(60, false)]
    public void A_time_window_has_its_start_and_not_its_end(int minutes, bool isOn)
    {
        var table = Flags.Table(_time, Window(new FlagTimeWindow { Start = Monday.AddHours(8), End = Monday.AddHours(9) }));
        _time.Advance(TimeSpan.FromHours(8) + TimeSpan.FromMinutes(minutes));
        Assert.That(IsOn(table), Is.EqualTo(isOn));
    }

    [Test]
    public void A_time_window_begins_and_ends_while_the_process_runs()
    {
        var table = Flags.Table(_time, Window(new FlagTimeWindow { Start = Monday.AddHours(8), End = Monday.AddHours(9) }));
        var seen = new List<bool>();
        for (var hour = 7; hour <= 9; hour++)
        {
            _time.SetUtcNow(Monday.AddHours(hour));
            seen.Add(IsOn(table));
        }

        Assert.That(seen, Is.EqualTo(new[] { false, true, false }));
    }

    [Test]
    public void A_time_window_may_be_open_on_one_side()
    {
        Assert.That(IsOn(Flags.Table(_time, Window(new FlagTimeWindow { End = Monday.AddDays(1) }))), Is.True);
        Assert.That(IsOn(Flags.Table(_time, Window(new FlagTimeWindow { Start = Monday.AddDays(1) }))), Is.False);
    }

    [Test]
    public void A_daily_window_returns_each_day_for_as_often_as_it_says()
    {
        var table = Flags.Table(_time, Window(new FlagTimeWindow
        {
            Start = Monday.AddHours(8),
            End = Monday.AddHours(10),
            Recurrence = new FlagRecurrence { Range = FlagRangeKind.Numbered, NumberOfOccurrences = 3 },
        }));
        Assert.That(HoursOf(table, days: 5), Is.EqualTo(new[] { 8, 9, 32, 33, 56, 57 }));
    }

    [Test]
    public void A_weekly_window_returns_on_its_days_until_its_end_date()
    {
        var table = Flags.Table(_time, Window(new FlagTimeWindow
        {
            Start = Monday.AddHours(8),
            End = Monday.AddHours(9),
            Recurrence = new FlagRecurrence
            {
                IsWeekly = true,
                DaysOfWeek = [DayOfWeek.Monday, DayOfWeek.Thursday],
                Range = FlagRangeKind.EndDate,
                EndDate = Monday.AddDays(8),
            },
        }));
        Assert.That(HoursOf(table, days: 14), Is.EqualTo(new[] { 8, (3 * 24) + 8, (7 * 24) + 8 }));
    }

    [Test]
    public void All_filters_or_any_of_them_must_hold()
    {
        FlagFilter[] filters =
        [
            new() { Kind = FlagFilterKind.TimeWindow, Window = new FlagTimeWindow { Start = Monday.AddHours(1) } },
            new() { Kind = FlagFilterKind.Targeting, Audience = new FlagAudience { Users = ["alice"] } },
        ];
        var any = Flags.Table(_time, Flags.On("f", filters));
        var all = Flags.Table(_time, Flags.On("f", filters) with { RequiresAll = true });

        Assert.That((IsOn(any, "alice"), IsOn(any, "bob"), IsOn(all, "alice"), IsOn(all, "bob")), Is.EqualTo((true, false, false, false)));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.That((IsOn(any, "alice"), IsOn(any, "bob"), IsOn(all, "alice"), IsOn(all, "bob")), Is.EqualTo((true, true, true, false)));
    }

    [Test]
    public void An_audience_has_users_groups_and_a_share_but_nobody_who_is_excluded()
    {
        var table = Flags.Table(_time, Flags.On("f", new FlagFilter
        {
            Kind = FlagFilterKind.Targeting,
            Audience = new FlagAudience
            {
                Users = ["alice", "eve"],
                Groups = [new FlagGroup("beta", 100), new FlagGroup("staff", 0)],
                ExcludedUsers = ["eve"],
                ExcludedGroups = ["guests"],
            },
        }));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(IsOn(table, "alice"), Is.True);
            Assert.That(IsOn(table, "Alice"), Is.False, "names have case");
            Assert.That(IsOn(table, "bob"), Is.False);
            Assert.That(IsOn(table, "bob", "beta"), Is.True);
            Assert.That(IsOn(table, "bob", "staff"), Is.False);
            Assert.That(IsOn(table, "eve"), Is.False);
            Assert.That(IsOn(table, "alice", "guests"), Is.False);
            Assert.That(IsOn(table, null, "beta"), Is.True, "a group alone is enough");
        }
    }

    [Test]
    public void Unchanged_flags_keep_their_table()
    {
        var table = Flags.Table(_time, Flags.On("f"));
        Assert.That(FlagTable.Of(Flags.Snapshot(Flags.On("f")), _time, table), Is.SameAs(table));
        Assert.That(FlagTable.Of(Flags.Snapshot(Flags.On("f") with { Enabled = false }), _time, table), Is.Not.SameAs(table));
    }

    private FlagDecision Decide(FeatureFlagEntry flag)
    {
        var table = Flags.Table(_time, flag);
        return table.Decide(table.Find(flag.Name), FlagSubject.Nobody);
    }

    private static bool IsOn(FlagTable table, string? user = null, params string[] groups) =>
        table.Decide(table.Find("f"), new FlagSubject(user, groups, 7)).IsOn;

    private List<int> HoursOf(FlagTable table, int days)
    {
        var on = new List<int>();
        for (var hour = 0; hour < days * 24; hour++)
        {
            _time.SetUtcNow(Monday.AddHours(hour));
            if (IsOn(table))
            {
                on.Add(hour);
            }
        }

        return on;
    }

    private static FeatureFlagEntry Window(FlagTimeWindow window) =>
        Flags.On("f", new FlagFilter { Kind = FlagFilterKind.TimeWindow, Window = window });
}
