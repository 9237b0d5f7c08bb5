namespace GatewayMesh.Linux.Tests;

/// <summary>Waits for an event, with a deadline that only a broken test reaches.</summary>
internal static class Wait
{
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    internal static void Readable(int descriptor)
    {
        var poll = new PollSet();
        poll.Add(descriptor);
        Until(() => poll.Wait(TimeSpan.FromMilliseconds(100)) == 1);
    }

    internal static void Until(Func<bool> happened)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!happened())
        {
            Assert.That(TimeProvider.System.GetElapsedTime(began), Is.LessThan(Deadline), "the event did not happen");
            Thread.Yield();
        }
    }
}
