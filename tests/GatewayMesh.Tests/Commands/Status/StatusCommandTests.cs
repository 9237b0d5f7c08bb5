using GatewayMesh.Commands.Status;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Terminal.Commands;
using GatewayMesh.Terminal.Output;
using GatewayMesh.Tests.Admin.Documents;

namespace GatewayMesh.Tests.Commands.Status;

internal sealed class StatusCommandTests
{
    [Test]
    public void Table_distinguishes_synced_from_stale_and_alive_from_gone()
    {
        var lines = StatusCommand.Table(Statuses.Read()).Lines(Paint.Off).ToArray();

        Assert.That(lines, Has.Length.EqualTo(4));
        Assert.That(lines[1], Does.Match("^host-a +sidecar +0.1.0 +sidecar +abc +SYNCED +0.5s +60 +guard 11, worker 12$"));
        Assert.That(lines[2], Does.Match("^gateway-1 .* old +STALE +1.0s"));
        Assert.That(lines[3], Does.Match("^host-b .* 9.0s gone"));
    }

    [Test]
    public void Registry_outage_marks_the_queried_node_stale_and_makes_no_claim_about_others()
    {
        var status = Statuses.Read(
            Statuses.Sidecar.Replace(
                "\"synced\":true",
                "\"target\":\"/registry\",\"reached\":false,\"ageSeconds\":45.2,\"synced\":false",
                StringComparison.Ordinal));

        Assert.That(
            StatusCommand.Outage(status), Is.EqualTo("STALE: file /registry last heard 45 s ago; data about other nodes is equally old"));
        var lines = StatusCommand.Table(status).Lines(Paint.Off).ToArray();
        Assert.That(lines[1], Does.Match("^host-a .* abc +STALE "));
        Assert.That(lines[2], Does.Match("^gateway-1 .* old +\\? "));
    }

    [Test]
    public void Without_an_outage_the_table_has_no_warning() => Assert.That(StatusCommand.Outage(Statuses.Read()), Is.Null);

    [Test]
    public void Node_without_peers_shows_itself() =>
        Assert.That(
            StatusCommand.Table(Statuses.Read("""{"node":"host-a","role":"sidecar","tier":"none"}""")).Lines(Paint.Off).Last(),
            Does.StartWith("host-a"));

    [Test]
    public void Troubles_have_a_separate_table_and_gone_nodes_are_in_the_first()
    {
        var table = StatusCommand.TroubleTable(Statuses.Read("""
            {"node":"host-a","troubles":[
              {"kind":"application_down","service":"web","instance":"web-1","node":"host-a","address":"127.0.0.1:8080","reason":"connection refused","seconds":12.4},
              {"kind":"node_gone","node":"host-c","seconds":3}]}
            """))!.Lines(Paint.Off).ToArray();

        Assert.That(table, Has.Length.EqualTo(2));
        Assert.That(table[1], Does.Match("^application_down +web +web-1 +host-a +127.0.0.1:8080 +12.4s +connection refused"));
        Assert.That(StatusCommand.TroubleTable(Statuses.Read()), Is.Null);
    }

    [Test]
    public void Unreachable_admin_address_is_named_in_the_error()
    {
        var closed = new HostPort("127.0.0.1", 1);

        Assert.That(
            () => StatusCommand.Run(closed, json: false, new StringWriter()),
            Throws.TypeOf<CommandFailure>().With.Message.Contains("127.0.0.1:1").And.Property(nameof(CommandFailure.ExitCode)).EqualTo(1));
    }
}
