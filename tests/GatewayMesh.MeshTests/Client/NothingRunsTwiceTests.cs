using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Client;

/// <summary>10,000 POSTs without an Idempotency-Key, while something breaks: some may fail, none is executed twice.</summary>
public sealed class NothingRunsTwiceTests : MeshTest
{
    [Test]
    public Task A_killed_worker_makes_no_post_run_twice() => RunAsync(async (hosts, _) =>
        ProcessTable.Signal((await hosts.HostA.StatusAsync()).Worker, ProcessTable.Kill));

    [Test]
    public Task A_hung_worker_makes_no_post_run_twice() => RunAsync(async (hosts, _) =>
        ProcessTable.Signal((await hosts.HostA.StatusAsync()).Worker, ProcessTable.Stop));

    [Test]
    public Task A_crash_loop_makes_no_post_run_twice() => RunAsync(async (hosts, load) =>
    {
        while (load.Ok + load.Failed < ClientLoad.Total - 500)
        {
            if (await hosts.HostA.TryStatusAsync() is { Lease: "leased", Worker: > 0 } leased)
            {
                ProcessTable.Signal(leased.Worker, ProcessTable.Kill);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    });

    [Test]
    public Task The_death_of_guard_and_worker_and_then_of_a_gateway_makes_no_post_run_twice() => RunAsync(async (hosts, load) =>
    {
        EndsByItself = false;
        var before = await hosts.HostA.StatusAsync();
        ProcessTable.Signal(before.Guard, ProcessTable.Kill);
        ProcessTable.Signal(before.Worker, ProcessTable.Kill);
        await load.UntilServedAsync(1000);
        hosts.Gateways[0].Process.Signal(ProcessTable.Kill);
        await load.UntilServedAsync(1000);
    });

    private async Task RunAsync(Func<TwoHosts, ClientLoad, Task> fault)
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        await using var load = new ClientLoad(hosts, Mesh, HttpMethod.Post);
        await load.UntilServedAsync(2000);

        await fault(hosts, load);

        await load.EndAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(hosts.Payments.Works.Where(work => work.Value > 1).Select(work => $"{work.Key}: {work.Value} times"), Is.Empty);
            Assert.That(load.Ok + load.Failed, Is.EqualTo(ClientLoad.Total));
            Assert.That(hosts.Payments.Works, Has.Count.GreaterThanOrEqualTo(load.Ok), "what was answered was executed");
            Assert.That(load.Ok, Is.GreaterThan(ClientLoad.Total * 9 / 10), load.Report);
        }
    }
}
