using GatewayMesh.Configuration.Values;
using GatewayMesh.Drills.Demo;
using GatewayMesh.Drills.Demo.Screen;
using GatewayMesh.Drills.Demo.Traffic;
using GatewayMesh.Drills.Load;
using GatewayMesh.Terminal.Output;
using GatewayMesh.Tests.Admin.Documents;

namespace GatewayMesh.Tests.Drills.Demo;

internal sealed class DemoReportTests
{
    [Test]
    public void Request_counts_in_the_part_in_which_it_ended()
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
                "  all is well: 1 requests, all answered; the slowest answer took 1 ms.",
                "  host-a's worker is killed: 2 requests, 1 failed (1 lost with the connection), 1 of them through a gateway; the slowest "
                    + "answer took 24 ms.",
            }));
        Assert.That(
            DemoReport.Sentences(tallies.Parts, 79),
            Is.EqualTo(new[]
            {
                "  all is well: 1 requests, all answered; the slowest answer took 1 ms.",
                "  host-a's worker is killed: 2 requests, 1 failed (1 lost with the connection),",
                "    1 of them through a gateway; the slowest answer took 24 ms.",
            }),
            "lines break between words");
    }

    [Test]
    public void Tables_fit_80_columns_and_show_more_columns_on_wide_terminals()
    {
        var busy = Statuses.Read() with { Node = "gateway-1", Role = "gateway", Tier = "gateway" };
        NodeView[] nodes = [new(new DemoNode("gateway-1", "gateway", 21_300), busy, "new worker, pid 1234567")];
        (string, Tally)[] parts = [("host-b's worker hangs (kill -STOP)", new Tally(100, 90, 0, 3, 1, 0, 123))];

        var narrow = DemoTable.Of(nodes, 79).Lines(Paint.Off).Concat(DemoReport.Table(parts, 79).Lines(Paint.Off)).ToList();
        var wide = DemoTable.Of(nodes, 119).Lines(Paint.Off).Concat(DemoReport.Table(parts, 119).Lines(Paint.Off)).ToList();

        Assert.That(narrow.Max(line => line.Length), Is.LessThanOrEqualTo(79), "nothing has to be cut off");
        Assert.That(wide.Max(line => line.Length), Is.LessThanOrEqualTo(119));
        Assert.That(string.Join('\n', narrow), Does.Contain("LAST").And.Contain("FAILED").And.Contain("SLOWEST").And.Not.Contain("PIDS"));
        Assert.That(string.Join('\n', wide), Does.Contain("PIDS").And.Contain("TIMED OUT"));
    }

    [Test]
    public void A_node_that_knows_a_service_before_its_instances_is_not_ready_for_requests()
    {
        const string Known =
            """[{"service":"web","node":"host-a","healthy":true},{"service":"web","node":"host-a","healthy":true},{"service":"web","node":"host-b","healthy":false},{"service":"ledger","node":"host-b","healthy":true,"ejected":true}]""";

        Assert.That(MeshWatch.Instances(Known), Is.EqualTo(1));
        Assert.That(MeshWatch.Instances("[]"), Is.Zero);
        Assert.That(MeshWatch.Instances("no JSON"), Is.Zero);
    }

    [Test]
    public void Demo_events_print_no_control_sequences()
    {
        using var output = new StringWriter();
        var screen = new DemoScreen(SafeWriter.Over(output), new DemoPlan(21_000), TimeProvider.System);

        screen.Tell(new DemoEvent("host-a\u001b[2J", "worker \u009b31m\u202e\r\n√ forged"));

        Assert.That(output.ToString().TrimEnd().Where(SafeText.IsUnsafe), Is.Empty);
        Assert.That(output.ToString(), Does.Contain("\\u001b"));
    }

    [Test]
    public void Node_changes_are_described_in_text()
    {
        var well = Statuses.Read();

        Assert.That(MeshWatch.Change(well, well), Is.Null);
        Assert.That(MeshWatch.Change(well, null), Is.EqualTo("is not responding"));
        Assert.That(MeshWatch.Change(well, well with { Tier = "gateway" }), Does.Contain("carries traffic to a gateway"));
        Assert.That(MeshWatch.Change(well with { Tier = "gateway" }, well), Is.EqualTo("the worker serves again"));
        Assert.That(MeshWatch.Change(well with { Tier = "none" }, well, hasServed: false), Is.Null, "the first time is no return");
        Assert.That(MeshWatch.Change(well, well with { Lease = well.Lease! with { Kills = 1 } }), Does.Contain("killed the hung worker"));
    }
}
