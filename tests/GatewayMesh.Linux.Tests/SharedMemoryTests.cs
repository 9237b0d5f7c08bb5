namespace GatewayMesh.Linux.Tests;

/// <summary>Memory files and progress pages.</summary>
public sealed class SharedMemoryTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(1_000_000)]
    public void A_memory_file_has_its_content(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        using var file = MemoryFile.Create("test", content);

        Assert.That(MemoryFile.ReadAll(file, 2_000_000), Is.EqualTo(content));
        Assert.That(MemoryFile.ReadAll(file, 2_000_000), Is.EqualTo(content), "reading moves nothing");
    }

    [Test]
    public void A_read_stops_at_the_limit()
    {
        using var file = MemoryFile.Create("test", "0123456789"u8);

        Assert.That(MemoryFile.ReadAll(file, 4), Is.EqualTo("0123"u8.ToArray()));
    }

    [Test]
    public void A_duplicate_outlives_the_first_descriptor()
    {
        var file = MemoryFile.Create("test", "content"u8);
        using var copy = file.Duplicate();
        file.Dispose();

        Assert.That(MemoryFile.ReadAll(copy, 100), Has.Length.EqualTo(7));
    }

    [Test]
    public void A_released_descriptor_is_not_closed()
    {
        var file = MemoryFile.Create("test", "content"u8);
        var number = file.Release();
        file.Dispose();

        using var owner = new Descriptor(number);
        Assert.That(MemoryFile.ReadAll(owner, 100), Has.Length.EqualTo(7));
    }

    [Test]
    public void Counts_of_one_mapping_are_visible_in_another()
    {
        using var worker = ProgressPage.Create();
        using var guard = ProgressPage.Map(worker.Descriptor.Duplicate());
        foreach (var progress in Enum.GetValues<Progress>())
        {
            for (var i = 0; i <= (int)progress; i++)
            {
                worker.Count(progress);
            }
        }

        Assert.That(
            Enum.GetValues<Progress>().Select(guard.Read),
            Is.EqualTo(Enumerable.Range(1, Enum.GetValues<Progress>().Length).Select(count => (long)count)));
    }

    [Test]
    public void Counts_from_many_threads_are_complete()
    {
        using var page = ProgressPage.Create();

        Parallel.For(0, 10_000, _ => page.Count(Progress.RequestsStarted));

        Assert.That(page.Read(Progress.RequestsStarted), Is.EqualTo(10_000));
    }

    [Test]
    public void Accepting_alone_is_not_data_path_progress()
    {
        using var page = ProgressPage.Create();
        page.Count(Progress.AcceptTurns);
        page.Count(Progress.Accepted);
        Assert.That(page.DataPath(), Is.Zero);

        page.Count(Progress.UpstreamAnswers);
        Assert.That(page.DataPath(), Is.EqualTo(1));
    }

    [Test]
    public void A_new_page_has_no_loops()
    {
        using var page = ProgressPage.Create();
        page.Loop(0).Turned(5);
        page.Loop(0).Waits(5);

        Assert.That((page.Loops, page.Loop(0).Turns, page.Loop(0).Waiting), Is.EqualTo((0, 0L, 0L)));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(57)]
    [TestCase(58)]
    [TestCase(192)]
    [TestCase(ProgressPage.MaxLoops)]
    public void Each_loop_of_one_mapping_is_visible_in_another_and_none_changes_a_counter(int loops)
    {
        using var worker = ProgressPage.Create();
        using var guard = ProgressPage.Map(worker.Descriptor.Duplicate());
        worker.Count(Progress.UpstreamAnswers);
        worker.PublishLoops(loops);
        for (var i = 0; i < loops; i++)
        {
            worker.Loop(i).Turned(1000 + i);
            worker.Loop(i).Waits(2000 + i);
        }

        Assert.That(guard.Loops, Is.EqualTo(loops));
        Assert.That(
            Enumerable.Range(0, loops).Select(i => (guard.Loop(i).Turns, guard.Loop(i).Waiting)),
            Is.EqualTo(Enumerable.Range(0, loops).Select(i => (1000L + i, 2000L + i))));
        Assert.That(Enum.GetValues<Progress>().Sum(guard.Read), Is.EqualTo(1));
    }

    [Test]
    public void Loops_beyond_the_room_are_not_published()
    {
        using var page = ProgressPage.Create();
        page.PublishLoops(ProgressPage.MaxLoops + 1);
        page.Loop(ProgressPage.MaxLoops).Turned(7);

        Assert.That(page.Loops, Is.EqualTo(ProgressPage.MaxLoops));
        Assert.That(page.Loop(ProgressPage.MaxLoops).Turns, Is.Zero);
        Assert.That(page.Loop(-1).Turns, Is.Zero);
    }

    [Test]
    public void Counts_outlive_the_mapping_that_wrote_them()
    {
        var worker = ProgressPage.Create();
        worker.Count(Progress.Accepted);
        using var guard = ProgressPage.Map(worker.Descriptor.Duplicate());
        worker.Dispose();
        worker.Dispose();

        Assert.That(guard.Read(Progress.Accepted), Is.EqualTo(1));
    }
}
