using GatewayMesh.Commands;
using GatewayMesh.Commands.Status;
using GatewayMesh.Commands.Terminal;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Tests.Commands.Status;

internal sealed class StatusCommandTests
{
    [Test]
    public void The_table_tells_synced_from_stale_and_alive_from_gone()
    {
        var lines = StatusCommand.Table(Statuses.Read()).Lines(Paint.Off).ToArray();

        Assert.That(lines, Has.Length.EqualTo(4));
        Assert.That(lines[1], Does.Match("^host-a +sidecar +0.1.0 +sidecar +abc +SYNCED +0.5s +60 +guard 11, worker 12$"));
        Assert.That(lines[2], Does.Match("^gateway-1 .* old +STALE +1.0s"));
        Assert.That(lines[3], Does.Match("^host-b .* 9.0s gone"));
    }

    [Test]
    public void In_an_outage_the_node_that_is_asked_is_stale_with_its_age_and_of_the_others_nothing_is_claimed()
    {
        var status = Statuses.Read(Statuses.Sidecar.Replace("\"synced\":true", "\"target\":\"/registry\",\"reached\":false,\"ageSeconds\":45.2,\"synced\":false", StringComparison.Ordinal));

        Assert.That(StatusCommand.Outage(status), Is.EqualTo("STALE: file /registry last heard 45 s ago; what follows of other nodes is as old"));
        var lines = StatusCommand.Table(status).Lines(Paint.Off).ToArray();
        Assert.That(lines[1], Does.Match("^host-a .* abc +STALE "));
        Assert.That(lines[2], Does.Match("^gateway-1 .* old +\\? "));
    }

    [Test]
    public void Without_an_outage_nothing_stands_before_the_table() => Assert.That(StatusCommand.Outage(Statuses.Read()), Is.Null);

    [Test]
    public void A_node_that_knows_no_others_shows_itself() =>
        Assert.That(StatusCommand.Table(Statuses.Read("""{"node":"host-a","role":"sidecar","tier":"none"}""")).Lines(Paint.Off).Last(), Does.StartWith("host-a"));

    [Test]
    public void Troubles_are_a_table_of_their_own_and_nodes_that_are_gone_stand_in_the_first()
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
    public void A_gone_admin_address_is_told_with_its_name()
    {
        var nobody = new HostPort("127.0.0.1", 1);

        Assert.That(
            () => StatusCommand.Run(nobody, json: false, new StringWriter()),
            Throws.TypeOf<CommandFailure>().With.Message.Contains("127.0.0.1:1").And.Property(nameof(CommandFailure.ExitCode)).EqualTo(1));
    }
}
