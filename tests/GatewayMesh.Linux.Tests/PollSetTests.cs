namespace GatewayMesh.Linux.Tests;

public sealed class PollSetTests
{
    [Test]
    public void A_signaled_wake_is_ready_until_reset()
    {
        using var wake = new Wake();
        var poll = new PollSet();
        var index = poll.Add(wake.Number);

        Assert.That(poll.Wait(TimeSpan.Zero), Is.Zero);
        wake.Signal();
        wake.Signal();
        Assert.That(poll.Wait(TimeSpan.Zero), Is.EqualTo(1));
        Assert.That(poll.IsReady(index), Is.True);
        wake.Reset();
        Assert.That(poll.Wait(TimeSpan.Zero), Is.Zero);
        Assert.That(poll.IsReady(index), Is.False);
    }

    [Test]
    public void Resetting_a_wake_that_was_not_signaled_does_not_block()
    {
        using var wake = new Wake();

        Assert.DoesNotThrow(wake.Reset);
    }

    [Test]
    public async Task An_infinite_wait_ends_with_a_wake()
    {
        using var wake = new Wake();
        var waits = Task.Run(() =>
        {
            var poll = new PollSet();
            poll.Add(wake.Number);
            return poll.Wait(TimeSpan.FromTicks(-1));
        });

        wake.Signal();

        Assert.That(await waits.WaitAsync(Wait.Deadline), Is.EqualTo(1));
    }

    [Test]
    public void Only_ready_descriptors_among_many_are_reported()
    {
        var wakes = Enumerable.Range(0, 100).Select(_ => new Wake()).ToList();
        var poll = new PollSet();
        wakes.ForEach(wake => poll.Add(wake.Number));
        wakes[3].Signal();
        wakes[99].Signal();

        Assert.That(poll.Count, Is.EqualTo(100));
        Assert.That(poll.Wait(TimeSpan.Zero), Is.EqualTo(2));
        Assert.That(Enumerable.Range(0, 100).Where(poll.IsReady), Is.EqualTo(new[] { 3, 99 }));
        wakes.ForEach(wake => wake.Dispose());
    }

    [Test]
    public void A_cleared_set_does_not_wait_for_earlier_descriptors()
    {
        using var before = new Wake();
        using var after = new Wake();
        before.Signal();
        var poll = new PollSet();
        poll.Add(before.Number);
        poll.Clear();
        poll.Add(after.Number);

        Assert.That(poll.Wait(TimeSpan.Zero), Is.Zero);
    }

    [Test]
    public void A_socket_with_buffer_space_is_ready_for_writing()
    {
        using var wake = new Wake();
        var poll = new PollSet();
        poll.Add(wake.Number, forWriting: true);

        Assert.That(poll.Wait(TimeSpan.Zero), Is.EqualTo(1));
    }

    [Test]
    public void A_closed_descriptor_is_reported_as_ready()
    {
        var wake = new Wake();
        var number = wake.Duplicate();
        var poll = new PollSet();
        number.Dispose();
        poll.Add(1_000_000);

        Assert.That(poll.Wait(TimeSpan.FromSeconds(30)), Is.EqualTo(1));
        wake.Dispose();
    }
}
