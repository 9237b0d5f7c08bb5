using GatewayMesh.Commands.Demo.Screen;
using GatewayMesh.Commands.Demo.Traffic;
using GatewayMesh.Commands.Drill.Load;
using GatewayMesh.Tests.Commands.Status;

namespace GatewayMesh.Tests.Commands.Demo;

internal sealed class DemoReportTests
{
    [Test]
    public void Each_request_belongs_to_the_part_in_which_it_ended()
    {
        var tallies = new PartTallies();
        tallies.Begin("all is well");
        tallies.Add(new Sample(0, 0, 1000, LoadOutcome.Ok));
        tallies.Begin("host-a's worker is killed");
        tallies.Add(new Sample(0, 0, 24_000, LoadOutcome.Ok) { ThroughGateway = true });
        tallies.Add(new Sample(0, 0, 2000, LoadOutcome.Lost));

        Assert.That(
            DemoReport.Sentences(tallies.Parts),
            Is.EqualTo(new[]
            {
                "all is well: 1 requests, all answered; the slowest answer took 1 ms",
                "host-a's worker is killed: 2 requests, 1 failed (1 lost with their connection), 1 of them through a gateway; the slowest answer took 24 ms",
            }));
    }

    [Test]
    public void What_changes_at_a_node_is_told_in_words()
    {
        var well = Statuses.Read();

        Assert.That(MeshWatch.Change(well, well), Is.Null);
        Assert.That(MeshWatch.Change(well, null), Is.EqualTo("does not answer"));
        Assert.That(MeshWatch.Change(well, well with { Tier = "gateway" }), Does.Contain("carries to a gateway"));
        Assert.That(MeshWatch.Change(well with { Tier = "gateway" }, well), Is.EqualTo("the worker serves again"));
        Assert.That(MeshWatch.Change(well, well with { Lease = well.Lease! with { Kills = 1 } }), Does.Contain("killed the hung worker"));
    }
}
