using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Entries.Flags;
using GatewayMesh.Proxy.FeatureFlags;
using GatewayMesh.Proxy.LoadBalancing;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.FeatureFlags;

/// <summary>A user keeps the decision, and shares are what they say.</summary>
public sealed class StickinessTests
{
    private const int Users = 20_000;

    [Test]
    public void A_user_gets_the_same_decision_at_every_node_and_time_and_whatever_the_request_draws() =>
        Prop.ForAll<(NonEmptyString User, byte Percentage), (ulong Sample, ulong Other)>((who, draw) =>
        {
            var time = new FakeTimeProvider();
            var flag = Flags.Share("f", who.Percentage % 101);
            var first = IsOn(Flags.Table(time, flag), who.User.Get, draw.Sample);
            time.Advance(TimeSpan.FromDays(1));
            return first == IsOn(Flags.Table(time, flag, Flags.On("other")), who.User.Get, draw.Other);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void A_larger_share_has_all_users_of_a_smaller_one() =>
        Prop.ForAll<NonEmptyString, (byte One, byte Other)>((user, shares) =>
        {
            var (less, more) = (Math.Min(shares.One, shares.Other) % 101, Math.Max(shares.One, shares.Other) % 101);
            return less > more
                || !IsOn(Flags.Table(TimeProvider.System, Flags.Share("f", less)), user.Get, 0)
                || IsOn(Flags.Table(TimeProvider.System, Flags.Share("f", more)), user.Get, 0);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void The_users_of_a_percentage_are_those_of_the_librarys_targeting() =>
        Prop.ForAll<NonEmptyString, byte, NonEmptyString>((user, percentage, name) =>
        {
            var flag = Flags.Share("f" + name.Get.Length.ToString(CultureInfo.InvariantCulture), percentage % 101);
            var targeted = flag with
            {
                Filters =
                [
                    new FlagFilter
                    {
                        Kind = FlagFilterKind.Targeting,
                        Audience = new FlagAudience { DefaultRolloutPercentage = percentage % 101 },
                    },
                ],
            };
            return IsOn(Flags.Table(TimeProvider.System, flag), user.Get, 0, flag.Name)
                == IsOn(Flags.Table(TimeProvider.System, targeted), user.Get, 0, flag.Name);
        }).QuickCheckThrowOnFailure();

    // Computed by another program: a new version must not move users.
    [Test]
    public void The_users_of_a_share_are_the_same_in_every_version()
    {
        var table = Flags.Table(TimeProvider.System, Flags.Share("payments-v2", 10));
        Assert.That(
            Enumerable.Range(0, 100).Where(i => IsOn(table, $"user-{i}", 0, "payments-v2")), Is.EqualTo(new[] { 10, 32, 48, 85 }));
    }

    [TestCase(0)]
    [TestCase(0.5)]
    [TestCase(10)]
    [TestCase(50)]
    [TestCase(100)]
    public void A_share_of_users_is_what_it_says(double percentage)
    {
        var table = Flags.Table(TimeProvider.System, Flags.Share("f", percentage));
        Assert.That(PercentOf(i => IsOn(table, $"user-{i}", 0)), Is.EqualTo(percentage).Within(Tolerance(percentage)));
    }

    [TestCase(0)]
    [TestCase(10)]
    [TestCase(50)]
    [TestCase(100)]
    public void A_share_of_requests_without_a_user_is_what_it_says(double percentage)
    {
        var random = new SplitMix(42);
        var share = Flags.Table(TimeProvider.System, Flags.Share("f", percentage));
        var targeted = Flags.Table(TimeProvider.System, Flags.On("f", new FlagFilter
        {
            Kind = FlagFilterKind.Targeting,
            Audience = new FlagAudience { DefaultRolloutPercentage = percentage },
        }));
        Assert.That(PercentOf(_ => IsOn(share, null, random.Next())), Is.EqualTo(percentage).Within(Tolerance(percentage)));
        Assert.That(PercentOf(_ => IsOn(targeted, null, random.Next())), Is.EqualTo(percentage).Within(Tolerance(percentage)));
    }

    [Test]
    public void Two_flags_of_one_share_have_different_users()
    {
        var table = Flags.Table(TimeProvider.System, Flags.Share("f", 50), Flags.Share("g", 50));
        Assert.That(
            PercentOf(i => IsOn(table, $"user-{i}", 0) && IsOn(table, $"user-{i}", 0, "g")), Is.EqualTo(25).Within(Tolerance(25)));
    }

    // Five standard deviations of the binomial distribution.
    private static double Tolerance(double percentage) => 5 * 100 * Math.Sqrt(percentage / 100 * (1 - (percentage / 100)) / Users);

    private static double PercentOf(Func<int, bool> isOn) => 100.0 * Enumerable.Range(0, Users).Count(isOn) / Users;

    private static bool IsOn(FlagTable table, string? user, ulong sample, string flag = "f")
    {
        var decision = table.Decide(table.Find(flag), new FlagSubject(user, [], sample));
        Assert.That(decision.Reason, Is.EqualTo(FlagReason.Filters));
        return decision.IsOn;
    }
}
