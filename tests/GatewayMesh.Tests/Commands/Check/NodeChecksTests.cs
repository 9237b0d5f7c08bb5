using GatewayMesh.Commands.Check;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Tests.Commands.Status;

namespace GatewayMesh.Tests.Commands.Check;

internal sealed class NodeChecksTests
{
    [Test]
    public void A_well_sidecar_has_no_broken_check_and_plaintext_is_a_warning()
    {
        var findings = Of(Statuses.Sidecar);

        Assert.That(findings.Where(finding => finding.Mark == Mark.Broken), Is.Empty);
        Assert.That(findings.Single(finding => finding.Subject == "identity").Mark, Is.EqualTo(Mark.Warning));
    }

    [TestCase("\"synced\":true", "\"synced\":false", "registry")]
    [TestCase("\"errors\":[]", "\"errors\":[\"mesh.yaml:3: unknown key\"]", "configuration")]
    [TestCase("\"tier\":\"sidecar\",\n", "\"tier\":\"none\",\n", "worker")]
    [TestCase("{\"ok\":true,\"ageSeconds\":3}", "{\"ok\":false,\"ageSeconds\":3,\"error\":\"refused\"}", "gateway gateway-1")]
    public void What_is_broken_is_said_with_its_mend(string well, string broken, string subject)
    {
        var json = Statuses.Sidecar.Replace(well, broken, StringComparison.Ordinal);
        Assume.That(json, Is.Not.EqualTo(Statuses.Sidecar));

        var finding = Of(json).Single(finding => finding.Mark == Mark.Broken);

        Assert.That(finding.Subject, Is.EqualTo(subject));
        Assert.That(finding.Fix, Is.Not.Null.And.Not.Empty);
    }

    [TestCase("\"reached\":false,\"ageSeconds\":45.2,", "STALE: file cannot be read, last heard 45 s ago; revision abc is the last good one")]
    [TestCase("\"reached\":false,\"ageSeconds\":7200,", "STALE: file cannot be read, last heard 2 hours ago; revision abc is the last good one")]
    [TestCase("\"reached\":false,", "STALE: file cannot be read, not heard since this node started; revision abc is the last good one")]
    [TestCase("\"reached\":true,\"ageSeconds\":0.4,", "STALE: file is not in sync, last heard 0 s ago; revision abc is the last good one")]
    public void In_an_outage_the_check_is_broken_and_says_the_age(string parts, string text) =>
        Assert.That(
            Of(Statuses.Sidecar.Replace("\"synced\":true", parts + "\"synced\":false", StringComparison.Ordinal)).Single(finding => finding.Subject == "registry"),
            Has.Property("Mark").EqualTo(Mark.Broken).And.Property("Text").EqualTo(text));

    [Test]
    public void In_an_outage_nothing_is_claimed_of_other_nodes_and_the_write_that_fails_too_is_not_said_twice()
    {
        var findings = Of(Statuses.Sidecar.Replace("\"synced\":true", "\"reached\":false,\"ageSeconds\":45,\"publishError\":\"x\",\"synced\":false", StringComparison.Ordinal));

        Assert.That(findings.Single(finding => finding.Subject == "nodes"), Has.Property("Mark").EqualTo(Mark.Warning).And.Property("Text").Contains("last heard 45 s ago"));
        Assert.That(findings.Select(finding => finding.Subject), Does.Not.Contain("registry write"));
    }

    [Test]
    public void A_node_that_cannot_write_to_its_registry_is_broken() =>
        Assert.That(
            Of(Statuses.Sidecar.Replace("\"synced\":true", "\"publishError\":\"file:/r: this node could not be published (Permission denied)\",\"synced\":true", StringComparison.Ordinal))
                .Single(finding => finding.Subject == "registry write"),
            Has.Property("Mark").EqualTo(Mark.Broken).And.Property("Text").Contains("Permission denied"));

    [Test]
    public void Records_that_the_node_does_not_follow_are_warnings_with_reason_and_fix()
    {
        var findings = Of("""
            {"role":"gateway","tier":"gateway","refusedTotal":21,
             "refused":[{"service":"payments","id":"p-1","node":"evil","address":"127.0.0.1:15000","because":"is the admin address of this node","fix":"remove the record from the registry"}]}
            """);

        var record = findings.Single(finding => finding.Subject == "record payments p-1");
        Assert.That((record.Mark, record.Text, record.Fix), Is.EqualTo((Mark.Warning, "is not followed: 127.0.0.1:15000 is the admin address of this node", "remove the record from the registry")));
        Assert.That(findings.Single(finding => finding.Subject == "records").Text, Is.EqualTo("20 more are not followed"));
    }

    [Test]
    public void A_sidecar_without_gateways_is_broken() =>
        Assert.That(Of("""{"role":"sidecar","tier":"sidecar","lease":{"state":"leased"}}""").Where(finding => finding.Mark == Mark.Broken).Select(finding => finding.Subject), Does.Contain("gateways"));

    [Test]
    public void A_sidecar_that_only_takes_in_needs_no_gateway() =>
        Assert.That(
            Of("""{"role":"sidecar","tier":"none","lease":{"state":"none"},"listeners":[{"name":"inbound/web","address":"0.0.0.0:20001"}]}""").Select(finding => finding.Fix ?? ""),
            Has.None.Contains("start two").And.None.Contains("start a gateway").And.Some.Contains("callers go to other instances"));

    [Test]
    public void A_name_that_another_node_has_too_is_broken() =>
        Assert.That(
            Of("""{"node":"host-a","role":"gateway","nameConflict":"a gateway with admin address 10.0.0.9:15000"}""").Single(finding => finding.Subject == "node name"),
            Has.Property("Mark").EqualTo(Mark.Broken).And.Property("Fix").Contains("--node NAME"));

    [Test]
    public void A_snapshot_that_cannot_be_written_is_no_fault_of_an_entry()
    {
        var json = Statuses.Sidecar.Replace("\"errors\":[]", "\"errors\":[\"/data/snapshot.json: cannot be written (No space left on device)\"]", StringComparison.Ordinal);

        Assert.That(Of(json).Single(finding => finding.Mark == Mark.Broken), Has.Property("Subject").EqualTo("data directory").And.Property("Fix").Contains("make room"));
    }

    [Test]
    public void A_port_that_stands_in_only_one_half_of_an_ingress_is_broken() =>
        Assert.That(
            Of("""{"role":"ingress","ingress":{"bootstrapPorts":[80,81],"entryPorts":[81,82]}}""").Where(finding => finding.Subject.StartsWith("ingress", StringComparison.Ordinal)).Select(finding => (finding.Subject, finding.Mark)),
            Is.EquivalentTo(new[] { ("ingress port 80", Mark.Broken), ("ingress port 82", Mark.Broken), ("ingress port 81", Mark.Well) }));

    [Test]
    public void A_service_that_is_to_be_called_past_its_sidecar_and_cannot_be_is_broken() =>
        Assert.That(
            Of("""{"role":"sidecar","hiddenApplications":[{"service":"payments","application":"127.0.0.1:8080"}]}""").Single(finding => finding.Subject == "sidecarBypass payments"),
            Has.Property("Mark").EqualTo(Mark.Broken).And.Property("Text").Contains("127.0.0.1:8080"));

    [TestCase("mtls", true)]
    [TestCase("plaintext", false)]
    public void A_service_that_is_called_in_the_clear_is_a_warning_where_everything_else_is_encrypted(string identity, bool isSaid)
    {
        var findings = Of($$"""{"role":"sidecar","identity":"{{identity}}","cleartextServices":["legacy"]}""").Where(finding => finding.Subject == "cleartext legacy").ToList();
        Assert.That(findings.Select(finding => finding.Mark), Is.EqualTo(isSaid ? [Mark.Warning] : Array.Empty<Mark>()));
    }

    [Test]
    public void An_application_that_does_not_serve_is_broken_on_its_own_host_and_an_ejected_instance_is_a_warning()
    {
        var findings = Of("""
            {"role":"sidecar","troubles":[
              {"kind":"application_down","service":"web","instance":"web-1","node":"host-a","address":"127.0.0.1:8080","reason":"connection refused","seconds":12.4},
              {"kind":"instance_ejected","service":"payments","instance":"payments-2","node":"host-b","address":"10.0.0.2:20001","reason":"consecutive_failures","seconds":3}]}
            """);

        var application = findings.Single(finding => finding.Subject == "application web-1");
        var instance = findings.Single(finding => finding.Subject == "instance payments-2");
        Assert.That((application.Mark, application.Text), Is.EqualTo((Mark.Broken, "127.0.0.1:8080 does not serve for 12 s: connection refused")));
        Assert.That(application.Fix, Does.StartWith("start the application"));
        Assert.That((instance.Mark, instance.Text), Is.EqualTo((Mark.Warning, "payments at 10.0.0.2:20001 is ejected for 3 s: consecutive_failures")));
        Assert.That(instance.Fix, Does.Contain("host-b"));
    }

    [TestCase(20, Mark.Well)]
    [TestCase(21, Mark.Warning)]
    public void A_guard_has_a_budget_of_20_MB(int megabytes, Mark mark) =>
        Assert.That(Of(Statuses.Sidecar, megabytes).Single(finding => finding.Subject == "guard").Mark, Is.EqualTo(mark));

    [Test]
    public void Private_memory_is_the_sum_of_the_private_lines() =>
        Assert.That(PrivateMemory.Sum(["Rss: 100 kB", "Private_Clean:      12 kB", "Private_Dirty:    8 kB", "Shared_Clean: 5 kB"]), Is.EqualTo(20 * 1024));

    [Test]
    public void An_admin_address_that_does_not_answer_fails_the_check()
    {
        var output = new StringWriter();

        Assert.That(CheckCommand.Run(new HostPort("127.0.0.1", 1), output), Is.EqualTo(1));
        Assert.That(output.ToString(), Does.StartWith("× admin: 127.0.0.1:1"));
    }

    private static IReadOnlyList<Finding> Of(string json, int megabytes = 8) =>
        NodeChecks.Of(Statuses.Read(json), new HostPort("127.0.0.1", 15000), _ => megabytes * 1024 * 1024);
}
