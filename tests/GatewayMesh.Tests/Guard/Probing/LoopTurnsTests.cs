using GatewayMesh.Guard.Probing;
using GatewayMesh.Linux;

namespace GatewayMesh.Tests.Guard.Probing;

public sealed class LoopTurnsTests
{
    private ProgressPage _page = null!;
    private LoopTurns _turns = null!;

    [SetUp]
    public void MakePage()
    {
        _page = ProgressPage.Create();
        _page.PublishLoops(3);
        _turns = new LoopTurns(_page);
    }

    [TearDown]
    public void Unmap() => _page.Dispose();

    [Test]
    public void Loop_with_waiting_work_and_no_turn_between_two_failures_is_stalled()
    {
        _page.Loop(1).Waits(1);

        Assert.That(_turns.Look(), Is.Null, "nothing to compare with");
        Turn(0, 2);
        Assert.That(_turns.Look(), Is.EqualTo(1));
        Assert.That(_turns.Stalled, Is.EqualTo(1));
    }

    [Test]
    public void Idle_loop_without_a_turn_is_not_stalled()
    {
        _turns.Look();

        Assert.That(_turns.Look(), Is.Null);
    }

    [Test]
    public void Loop_that_turns_is_not_stalled_by_the_work_that_waits_for_its_next_turn()
    {
        _page.Loop(1).Waits(1000);
        _turns.Look();
        Turn(1);

        Assert.That(_turns.Look(), Is.Null);
    }

    [Test]
    public void Loop_remains_the_stalled_one_while_another_is_stalled_too()
    {
        _page.Loop(1).Waits(1);
        _turns.Look();
        _turns.Look();
        _page.Loop(0).Waits(1);
        _page.Loop(2).Waits(1);
        Assert.That(_turns.Look(), Is.EqualTo(1));

        Turn(1);
        Assert.That(_turns.Look(), Is.Not.Null.And.Not.EqualTo(1));
    }

    [Test]
    public void Passed_probe_starts_a_new_series()
    {
        _page.Loop(1).Waits(1);
        _turns.Look();
        _turns.Look();

        _turns.Clear();

        Assert.That(_turns.Stalled, Is.Null);
        Assert.That(_turns.Look(), Is.Null);
    }

    [Test]
    public void Worker_that_publishes_no_loops_has_no_stalled_one()
    {
        using var older = ProgressPage.Create();
        older.Count(Progress.RequestsStarted);
        var turns = new LoopTurns(older);
        turns.Look();

        Assert.That(turns.Look(), Is.Null);
    }

    private void Turn(params int[] loops)
    {
        foreach (var loop in loops)
        {
            _page.Loop(loop).Turned(_page.Loop(loop).Turns + 1);
        }
    }
}
