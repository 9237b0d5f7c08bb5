using GatewayMesh.Bench.Peers;
using GatewayMesh.Bench.Processes;

namespace GatewayMesh.Bench.Tests;

/// <summary>Figures that the bench reads from <c>/proc</c>.</summary>
public sealed class ProcessTests
{
    [Test]
    public void A_name_with_blanks_and_brackets_does_not_hide_the_parent() =>
        Assert.That(ProcStat.Parse("4711 (nginx: (worker) 1) S 4700 4700 1 0 -1"), Is.EqualTo(new ProcStat(4711, "nginx: (worker) 1", 4700)));

    [Test]
    public void A_tree_has_grandchildren_and_no_strangers() =>
        Assert.That(
            ProcessTree.Of(10, [new(1, "init", 0), new(10, "guard", 1), new(12, "helper", 11), new(11, "worker", 10), new(13, "other", 1)]),
            Is.EqualTo([10, 11, 12]));

    [Test]
    public void Private_memory_is_in_megabytes_of_a_million_bytes() =>
        Assert.That(PrivateMemory.Parse(["VmRSS:\t   50000 kB", "RssAnon:\t   15625 kB"]), Is.EqualTo(16.0));

    [Test]
    public void A_process_without_the_field_has_no_private_memory() => Assert.That(PrivateMemory.Parse(["Name:\tkthreadd"]), Is.Zero);

    [Test]
    public void The_time_of_a_start_is_in_an_event_of_the_guard() =>
        Assert.That(
            MeshPeer.ReadyMilliseconds("""{"event":"worker-ready","message":"worker 32001 became ready 257 ms after its start"}"""),
            Is.EqualTo(257));

    [Test]
    public void Without_the_event_no_worker_is_ready() => Assert.That(MeshPeer.ReadyMilliseconds("worker 32001 was started"), Is.Null);

    [Test]
    public void This_process_has_used_processor_time() =>
        Assert.That(ProcessorTime.Of([Environment.ProcessId]), Is.GreaterThan(TimeSpan.Zero));
}
