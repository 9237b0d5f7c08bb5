using GatewayMesh.Commands.Check;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Tests.Admin.Documents;

namespace GatewayMesh.Tests.Commands.Check;

internal sealed class NodeChecksTests
{
    [Test]
    public void Healthy_sidecar_has_no_failed_check_and_plaintext_is_a_warning()
    {
        var findings = Of(Statuses.Sidecar);

        Assert.That(findings.Where(finding => finding.Mark == Mark.Broken), Is.Empty);
        Assert.That(findings.Single(finding => finding.Subject == "identity").Mark, Is.EqualTo(Mark.Warning));
    }

    [TestCase("\"synced\":true", "\"synced\":false", "registry")]
    [TestCase("\"errors\":[]", "\"errors\":[\"mesh.yaml:3: unknown key\"]", "configuration")]
    [TestCase("\"tier\":\"sidecar\",\n", "\"tier\":\"none\",\n", "worker")]
    [TestCase("{\"ok\":true,\"ageSeconds\":3}", "{\"ok\":false,\"ageSeconds\":3,\"error\":\"refused\"}", "gateway gateway-1")]
    public void Failed_checks_name_the_fix(string well, string broken, string subject)
    {
        var json = Statuses.Sidecar.Replace(well, broken, StringComparison.Ordinal);
        Assert.That(json, Is.Not.EqualTo(Statuses.Sidecar), "the case changes nothing");

        var finding = Of(json).Single(finding => finding.Mark == Mark.Broken);

        Assert.That(finding.Subject, Is.EqualTo(subject));
        Assert.That(finding.Fix, Is.Not.Null.And.Not.Empty);
    }

    [
        TestCase(
            "\"reached\":false,\"ageSeconds\":45.2,", "STALE: file is unreachable, last heard 45 s ago; last-good revision abc is in use")]
    [
        TestCase(
            "\"reached\":false,\"ageSeconds\":7200,",
            "STALE: file is unreachable, last heard 2 hours ago; last-good revision abc is in use")]
    [TestCase("\"reached\":false,", "STALE: file is unreachable, not heard since this node started; last-good revision abc is in use")]
    [TestCase("\"reached\":true,\"ageSeconds\":0.4,", "STALE: file is not in sync, last heard 0 s ago; last-good revision abc is in use")]
    public void Registry_outage_fails_the_check_and_shows_the_age(string parts, string text) =>
        Assert.That(
            Of(
                Statuses.Sidecar.Replace(
                    "\"synced\":true",
                    parts + "\"synced\":false",
                    StringComparison.Ordinal)).Single(finding => finding.Subject == "registry"),
            Has.Property("Mark").EqualTo(Mark.Broken).And.Property("Text").EqualTo(text));

    [Test]
    public void Registry_outage_makes_no_claim_about_other_nodes_and_reports_one_failure()
    {
        var findings = Of(
            Statuses.Sidecar.Replace(
                "\"synced\":true",
                "\"reached\":false,\"ageSeconds\":45,\"publishError\":\"x\",\"synced\":false",
                StringComparison.Ordinal));

        Assert.That(
            findings.Single(finding => finding.Subject == "nodes"),
            Has.Property("Mark").EqualTo(Mark.Warning).And.Property("Text").Contains("last heard 45 s ago"));
        Assert.That(findings.Select(finding => finding.Subject), Does.Not.Contain("registry write"));
    }

    [Test]
    public void Node_without_write_access_to_its_registry_fails_the_check() =>
        Assert.That(
            Of(
                Statuses.Sidecar.Replace(
                    "\"synced\":true",
                    "\"publishError\":\"file:/r: this node could not be published (Permission denied)\",\"synced\":true",
                    StringComparison.Ordinal))
                .Single(finding => finding.Subject == "registry write"),
            Has.Property("Mark").EqualTo(Mark.Broken).And.Property("Text").Contains("Permission denied"));

    [Test]
    public void Ignored_records_are_warnings_with_reason_and_fix()
    {
        var findings = Of("""
            {"role":"gateway","tier":"gateway","refusedTotal":21,
             "refused":[{"service":"payments","id":"p-1","node":"evil","address":"127.0.0.1:15000","because":"is the admin address of this node","fix":"remove the record from the registry"}]}
            """);

        var record = findings.Single(finding => finding.Subject == "record payments p-1");
        Assert.That(
            (record.Mark, record.Text, record.Fix),
            Is.EqualTo(
                (Mark.Warning, "ignored: 127.0.0.1:15000 is the admin address of this node", "remove the record from the registry")));
        Assert.That(findings.Single(finding => finding.Subject == "records").Text, Is.EqualTo("20 more are ignored"));
    }

    [Test]
    public void Sidecar_without_gateways_fails_the_check() =>
        Assert.That(
            Of("""{"role":"sidecar","tier":"sidecar","lease":{"state":"leased"}}""")
                .Where(finding => finding.Mark == Mark.Broken)
                .Select(finding => finding.Subject),
            Does.Contain("gateways"));

    [Test]
    public void Inbound_only_sidecar_needs_no_gateway() =>
        Assert.That(
            Of(
                """{"role":"sidecar","tier":"none","lease":{"state":"none"},"listeners":[{"name":"inbound/web","address":"0.0.0.0:20001"}]}""")
                    .Select(
                    finding => finding.Fix ?? ""),
            Has.None.Contains("start two").And.None.Contains("start a gateway").And.Some.Contains("callers use other instances"));

    [Test]
    public void Duplicate_node_name_fails_the_check() =>
        Assert.That(
            Of(
                """{"node":"host-a","role":"gateway","nameConflict":"a gateway with admin address 10.0.0.9:15000"}""").Single(
                    finding => finding.Subject == "node name"),
            Has.Property("Mark").EqualTo(Mark.Broken).And.Property("Fix").Contains("--node NAME"));

    [Test]
    public void Snapshot_write_error_is_not_blamed_on_an_entry()
    {
        var json = Statuses.Sidecar.Replace(
            "\"errors\":[]", "\"errors\":[\"/data/snapshot.json: cannot be written (No space left on device)\"]", StringComparison.Ordinal);

        Assert.That(
            Of(json).Single(finding => finding.Mark == Mark.Broken),
            Has.Property("Subject").EqualTo("data directory").And.Property("Fix").Contains("free disk space"));
    }

    [Test]
    public void Ingress_port_in_only_one_of_bootstrap_and_entry_fails_the_check() =>
        Assert.That(
            Of("""{"role":"ingress","ingress":{"bootstrapPorts":[80,81],"entryPorts":[81,82]}}""")
                .Where(finding => finding.Subject.StartsWith("ingress", StringComparison.Ordinal))
                .Select(finding => (finding.Subject, finding.Mark)),
            Is.EquivalentTo(new[] { ("ingress port 80", Mark.Broken), ("ingress port 82", Mark.Broken), ("ingress port 81", Mark.Well) }));

    [Test]
    public void Sidecar_bypass_to_an_unreachable_application_fails_the_check() =>
        Assert.That(
            Of(
                """{"role":"sidecar","hiddenApplications":[{"service":"payments","application":"127.0.0.1:8080"}]}""").Single(
                    finding => finding.Subject == "sidecarBypass payments"),
            Has.Property("Mark").EqualTo(Mark.Broken).And.Property("Text").Contains("127.0.0.1:8080"));

    [TestCase("mtls", true)]
    [TestCase("plaintext", false)]
    public void Cleartext_service_is_a_warning_in_an_encrypted_mesh(string identity, bool isSaid)
    {
        var findings = Of($$"""{"role":"sidecar","identity":"{{identity}}","cleartextServices":["legacy"]}""")
            .Where(finding => finding.Subject == "cleartext legacy")
            .ToList();
        Assert.That(findings.Select(finding => finding.Mark), Is.EqualTo(isSaid ? [Mark.Warning] : Array.Empty<Mark>()));
    }

    [Test]
    public void Unhealthy_application_fails_the_check_on_its_host_and_an_ejected_instance_is_a_warning()
    {
        var findings = Of("""
            {"role":"sidecar","troubles":[
              {"kind":"application_down","service":"web","instance":"web-1","node":"host-a","address":"127.0.0.1:8080","reason":"connection refused","seconds":12.4},
              {"kind":"instance_ejected","service":"payments","instance":"payments-2","node":"host-b","address":"10.0.0.2:20001","reason":"consecutive_failures","seconds":3}]}
            """);

        var application = findings.Single(finding => finding.Subject == "application web-1");
        var instance = findings.Single(finding => finding.Subject == "instance payments-2");
        Assert.That(
            (application.Mark, application.Text), Is.EqualTo((Mark.Broken, "127.0.0.1:8080 has not served for 12 s: connection refused")));
        Assert.That(application.Fix, Does.StartWith("start the application"));
        Assert.That(
            (instance.Mark, instance.Text),
            Is.EqualTo((Mark.Warning, "payments at 10.0.0.2:20001 has been ejected for 3 s: consecutive_failures")));
        Assert.That(instance.Fix, Does.Contain("host-b"));
    }

    [TestCase(20, Mark.Well)]
    [TestCase(21, Mark.Warning)]
    public void Guard_memory_above_20_MB_is_a_warning(int megabytes, Mark mark) =>
        Assert.That(Of(Statuses.Sidecar, megabytes).Single(finding => finding.Subject == "guard").Mark, Is.EqualTo(mark));

    [Test]
    public void Private_memory_is_the_sum_of_the_private_lines() =>
        Assert.That(
            PrivateMemory.Sum(["Rss: 100 kB", "Private_Clean:      12 kB", "Private_Dirty:    8 kB", "Shared_Clean: 5 kB"]),
            Is.EqualTo(20 * 1024));

    [Test]
    public void Silent_admin_address_fails_the_check()
    {
        var output = new StringWriter();

        Assert.That(CheckCommand.Run(new HostPort("127.0.0.1", 1), output), Is.EqualTo(1));
        Assert.That(output.ToString(), Does.StartWith("× admin: 127.0.0.1:1"));
    }

    private static IReadOnlyList<Finding> Of(string json, int megabytes = 8) =>
        NodeChecks.Of(Statuses.Read(json), new HostPort("127.0.0.1", 15000), _ => megabytes * 1024 * 1024);
}
