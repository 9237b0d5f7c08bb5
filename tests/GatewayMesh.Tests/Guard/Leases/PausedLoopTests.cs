using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Guard.Leases;
using GatewayMesh.Guard.Probing;
using GatewayMesh.Linux;

namespace GatewayMesh.Tests.Guard.Leases;

/// <summary>
/// A serving worker whose loops pause, in virtual time. Every probe times out and waits for every loop, the worst that the guard can see.
/// </summary>
public sealed class PausedLoopTests
{
    private const int ProbeTimeout = 250;
    private const int Loops = 4;
    private const int Looks = 120;

    [Test]
    public void Worker_with_pauses_of_200_ms_for_garbage_collection_is_not_killed() =>
        Check(Gen.Choose(1, 200), (pauses, seed) => Assert.That(KilledAfter(pauses, seed, atOnce: true), Is.Null));

    [Test]
    public void Worker_with_continuations_of_up_to_200_ms_on_each_loop_is_not_killed() =>
        Check(Gen.Choose(1, 200), (pauses, seed) => Assert.That(KilledAfter(pauses, seed), Is.Null));

    [Test]
    public void Worker_whose_loops_wait_three_seconds_for_a_processor_is_not_killed() =>
        Check(Gen.Choose(1, 3_000), (pauses, seed) => Assert.That(KilledAfter(pauses, seed, starved: true), Is.Null));

    [Test]
    public void Worker_with_one_loop_that_never_turns_again_is_killed_after_nine_probes() =>
        Check(
            Gen.Choose(1, 200),
            (pauses, seed) => Assert.That(KilledAfter(pauses, seed, stalled: seed % Loops), Is.InRange(9, 10), $"loop {seed % Loops}"));

    private static void Check(Gen<int> pause, Action<int[], int> holds)
    {
        var history =
            from pauses in pause.ArrayOf(64)
            from seed in Gen.Choose(0, 1_000)
            select (pauses, seed);
        Prop.ForAll(Arb.From(history), each => holds(each.pauses, each.seed))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithQuietOnSuccess(true));
    }

    // Number of failed probes until the kill; null without one.
    private static int? KilledAfter(int[] pauses, int seed, bool atOnce = false, bool starved = false, int? stalled = null)
    {
        using var page = ProgressPage.Create();
        page.PublishLoops(Loops);
        var next = new int[Loops];
        var taken = new int[Loops];
        var turns = new LoopTurns(page);
        var bench = LeaseBench.Serving();
        for (var look = 1; look <= Looks; look++)
        {
            for (var loop = 0; loop < Loops; loop++)
            {
                page.Loop(loop).Waits(look);
                while (loop != stalled && next[loop] <= look * ProbeTimeout)
                {
                    next[loop] += pauses[(taken[loop]++ + (atOnce ? 0 : seed * loop)) % pauses.Length];
                    page.Loop(loop).Turned(taken[loop]);
                    page.Count(Progress.RequestsEnded);
                }
            }

            bench.After(ProbeTimeout / 1000.0);
            var actions = bench.TimesOut(1, page.DataPath(), starved: starved, accepts: true, stalledLoop: turns.Look());
            if (actions.OfType<GuardAction.Kill>().Any())
            {
                return look;
            }
        }

        return null;
    }
}
