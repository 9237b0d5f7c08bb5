namespace GatewayMesh.Linux.Tests;

internal sealed class TimedReadTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Test]
    public void A_timely_read_returns_its_value_or_throws_its_exception()
    {
        Assert.That(TimedRead.Run("a", Long, () => 7), Is.EqualTo(7));
        Assert.That(
            () => TimedRead.Run<int>("a", Long, () => throw new FileNotFoundException("gone")),
            Throws.InstanceOf<FileNotFoundException>().With.Message.EqualTo("gone"));
    }

    [Test]
    public void A_blocked_read_costs_one_thread_and_its_caller_continues()
    {
        using var end = new ManualResetEventSlim();
        var reads = 0;
        int Read()
        {
            _ = Interlocked.Increment(ref reads);
            end.Wait();
            return 1;
        }

        Assert.That(
            () => TimedRead.Run("blocked", Short, Read),
            Throws.InstanceOf<IOException>().With.Message.StartsWith("blocked: a read has been blocked for "));
        Assert.That(() => TimedRead.Run("blocked", Long, Read), Throws.InstanceOf<IOException>(), "at once: no second one begins");
        Assert.That(reads, Is.EqualTo(1));
        Assert.That(TimedRead.Run("another", Long, () => 2), Is.EqualTo(2), "other paths are read");

        end.Set();
        Wait.Until(() => TryRead() == 3);

        static int? TryRead()
        {
            try
            {
                return TimedRead.Run("blocked", Long, () => 3);
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    [Test]
    public void Reads_one_after_the_other_use_one_thread()
    {
        static int Read(string path) => TimedRead.Run(path, Long, () => Environment.CurrentManagedThreadId);

        var first = Read("first");
        Assert.That(Enumerable.Range(0, 20).Select(_ => Read("second")), Is.All.EqualTo(first));
    }

    [Test]
    public void A_read_never_occupies_a_pool_thread() =>
        Assert.That(TimedRead.Run("pool", Long, () => Thread.CurrentThread.IsThreadPoolThread), Is.False);
}
