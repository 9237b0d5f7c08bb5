using GatewayMesh.Guard.Probing;

namespace GatewayMesh.Tests.Guard.Probing;

public sealed class AcceptingThreadTests
{
    [Test]
    public void Thread_is_alive_if_its_count_moved_between_two_failures_in_a_row()
    {
        var turns = 5L;
        var thread = new AcceptingThread(() => turns);

        Assert.That(thread.Look(), Is.False, "nothing to compare with");
        Assert.That(thread.Look(), Is.False);
        turns++;
        Assert.That(thread.Look(), Is.True);
        Assert.That(thread.Look(), Is.False);
        turns++;
        thread.Clear();
        Assert.That(thread.Look(), Is.False, "a new row");
    }
}
