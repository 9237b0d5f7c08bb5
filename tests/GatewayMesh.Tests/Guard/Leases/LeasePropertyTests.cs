using FsCheck;
using FsCheck.Fluent;

namespace GatewayMesh.Tests.Guard.Leases;

/// <summary>
/// Random histories of a guard, plausible or not. A failure prints the shortest history found and the seed that replays it.
/// </summary>
public sealed class LeasePropertyTests
{
    private const int Lives = 600;
    private const int LongestLife = 200;

    [Test]
    public void Promises_hold_in_any_history() => Check(Enum.GetValues<LeaseDeed>());

    [Test]
    public void Promises_hold_without_upgrades_and_crash_loops_get_few_leases() =>
        Check([
            LeaseDeed.AllPass, LeaseDeed.AllPass, LeaseDeed.AllPass, LeaseDeed.Ended, LeaseDeed.Hang, LeaseDeed.Obey, LeaseDeed.Tick,
            LeaseDeed.GatewaysAnswer, LeaseDeed.GatewaysSilent, LeaseDeed.Returned, LeaseDeed.Unfit, LeaseDeed.Fit, LeaseDeed.TimerLate,
        ]);

    [Test]
    public void Promises_hold_across_upgrades_and_drains() =>
        Check([
            LeaseDeed.AllPass, LeaseDeed.AllPass, LeaseDeed.ProbePassed, LeaseDeed.Upgrade, LeaseDeed.Obey, LeaseDeed.Obey, LeaseDeed.Ended,
            LeaseDeed.Drain,
            LeaseDeed.Undrain,
            LeaseDeed.Undrain,
            LeaseDeed.GatewaysAnswer,
            LeaseDeed.Unfit,
            LeaseDeed.Fit,
            LeaseDeed.ProbeTimedOut,
        ]);

    [Test]
    public void Promises_hold_when_stopped_at_any_moment() =>
        Check(
            [
                LeaseDeed.AllPass,
                LeaseDeed.Upgrade,
                LeaseDeed.Obey,
                LeaseDeed.Ended,
                LeaseDeed.Hang,
                LeaseDeed.Drain,
                LeaseDeed.Undrain,
                LeaseDeed.Stop,
                LeaseDeed.Tick]);

    private static void Check(LeaseDeed[] deeds)
    {
        // A stop ends the history, so it is rare: otherwise most histories would be short.
        var common = deeds.SelectMany(deed => Enumerable.Repeat(deed, deed == LeaseDeed.Stop ? 1 : 6)).ToArray();
        var waits = Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 300), Gen.Choose(0, 3_000), Gen.Choose(0, 40_000));
        var step =
            from deed in Gen.Elements(common)
            from wait in waits
            from pick in Gen.Choose(0, 1_000)
            from detail in Gen.Choose(0, 7)
            select new LeaseStep(deed, wait, pick, detail);
        var life =
            from length in Gen.Choose(1, LongestLife)
            from steps in step.ArrayOf(length)
            select steps;
        Prop.ForAll(Arb.From(life, Shorter), Live).Check(Config.QuickThrowOnFailure.WithMaxTest(Lives).WithQuietOnSuccess(true));
    }

    private static void Live(LeaseStep[] life)
    {
        var world = new LeaseWorld(life.Length);
        Array.ForEach(life, world.Take);
        world.EndsWell();
    }

    private static IEnumerable<LeaseStep[]> Shorter(LeaseStep[] life)
    {
        for (var chunk = life.Length / 2; chunk > 0; chunk /= 2)
        {
            for (var start = 0; start + chunk <= life.Length; start += chunk)
            {
                yield return [.. life[..start], .. life[(start + chunk)..]];
            }
        }
    }
}
