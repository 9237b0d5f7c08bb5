using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.LifeCycle;

/// <summary>Upgrades between two different programs under load, and upgrades to broken builds.</summary>
public sealed class UpgradeTests : MeshTest
{
    private const string Version = """version) echo 'gatewaymesh 9.0.0 (a test, linux-x64)'; exit 0 ;;""";

    [TestCase(true, true, TestName = nameof(Upgrade_to_another_build_fails_no_request) + "_from_the_earlier_one_by_rename")]
    [TestCase(true, false, TestName = nameof(Upgrade_to_another_build_fails_no_request) + "_from_the_earlier_one_in_place")]
    [TestCase(false, true, TestName = nameof(Upgrade_to_another_build_fails_no_request) + "_to_the_earlier_one_by_rename")]
    [TestCase(false, false, TestName = nameof(Upgrade_to_another_build_fails_no_request) + "_to_the_earlier_one_in_place")]
    public async Task Upgrade_to_another_build_fails_no_request(bool fromEarlier, bool byRename)
    {
        await TestContext.Out.WriteLineAsync($"the other build is of {OtherBuild.BuiltFrom}");
        Assert.That(OtherBuild.BuiltFrom, Does.Match("^([0-9a-f]{40}|this tree)$"));
        var (hosts, installation) = await StartAsync(fromEarlier);
        // The other build compiles as it runs: on two busy cores its first handshakes take longer than the default of 1 s.
        await Mesh.WritePolicyAsync("payments", "timeouts: { connect: 7s }", "7s");
        var (from, to) = fromEarlier ? (OtherBuild.Path, PublishedFile.Path) : (PublishedFile.Path, OtherBuild.Path);
        var before = await hosts.HostA.StatusAsync();
        Assert.That(
            ProcessTable.LengthOfExecutable(before.Guard),
            Is.EqualTo(new FileInfo(from).Length),
            "the guard runs the file to upgrade from");
        await using var load = hosts.Load();
        await load.UntilServedAsync(200);

        if (byRename)
        {
            installation.ReplaceByRename(to);
        }
        else
        {
            installation.ReplaceInPlace(to);
        }

        await hosts.HostA.PostAsync("/upgrade");
        var after = await hosts.HostA.UntilAsync(
            "the upgrade has ended",
            status => status is { IsUpgrading: false, Lease: "leased" } && (status.IsUpgraded || status.UpgradeError != ""));
        await Eventually.Until("the old worker has ended", () => ProcessTable.State(before.Worker) is null or 'Z');
        await load.UntilServedAsync(200);
        var report = await load.StopAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(after.UpgradeError, Is.Empty);
            Assert.That(report.Failed, Is.Zero);
            Assert.That(after.Guard, Is.EqualTo(before.Guard), "the guard was replaced in place");
            Assert.That(after.Worker, Is.Not.EqualTo(before.Worker));
            Assert.That(
                ProcessTable.Executable(after.Guard),
                Is.EqualTo(installation.Executable),
                "the guard runs the new file, not the deleted one");
            Assert.That(
                ProcessTable.LengthOfExecutable(after.Guard), Is.EqualTo(new FileInfo(to).Length), "the guard runs the file to upgrade to");
            Assert.That(
                ProcessTable.BlockedSignals(after.Guard) is 0,
                Is.EqualTo(!fromEarlier && OtherBuild.BuiltFrom != "this tree"),
                "a build that reads no held signals gets none");
        }
    }

    [Test]
    public async Task Worker_that_dies_soon_after_an_upgrade_is_restarted_and_log_and_status_name_the_upgrade()
    {
        var (hosts, installation) = await StartAsync(fromEarlier: true);
        installation.ReplaceByRename(PublishedFile.Path);
        await hosts.HostA.PostAsync("/upgrade");
        var upgraded = await hosts.HostA.UntilAsync(
            "the upgrade has ended", status => status is { IsUpgrading: false, IsUpgraded: true, Lease: "leased" });

        ProcessTable.Signal(upgraded.Worker, ProcessTable.Kill);

        var after = await hosts.HostA.UntilAsync(
            "another worker serves", status => status.Worker > 0 && status.Worker != upgraded.Worker && status.Lease == "leased");
        Assert.That(
            after.UpgradeError,
            Does.Match(
                $"worker {upgraded.Worker} of the new build ended .* s after the upgrade \\(signal 9 \\(SIGKILL\\)\\).*restore the "
                    + $"previous file and upgrade"));
        Assert.That(hosts.HostA.Process.Errors.Split('\n'), Has.Exactly(1).Contains("\"level\":\"error\"").And.Contains("upgrade-failed"));
        await hosts.UntilServedAsync();
    }

    [
        TestCase(
            "worker) exit 7 ;;",
            "exit code 7",
            TestName = nameof(Build_with_a_failing_worker_changes_nothing_and_log_and_status_have_the_reason) + "_at_once")]
    [
        TestCase(
            "worker) \"$REAL\" worker & p=$!; sleep 2; kill -9 $p; wait $p; exit 9 ;;",
            "exit code 9",
            TestName = nameof(Build_with_a_failing_worker_changes_nothing_and_log_and_status_have_the_reason) + "_after_2_s")]
    [
        TestCase(
            "worker) exec sleep 600 ;;",
            "not ready in 10 s",
            TestName = nameof(Build_with_a_failing_worker_changes_nothing_and_log_and_status_have_the_reason) + "_to_become_ready")]
    public Task Build_with_a_failing_worker_changes_nothing_and_log_and_status_have_the_reason(string fault, string reason) =>
        ExpectRollbackAsync($"case \"$1\" in\n{Version}\n{fault}\nesac\nexit 0\n", reason);

    [
        TestCase(
            "exit 1",
            "exit code 1",
            TestName = nameof(Build_that_does_not_start_changes_nothing_and_log_and_status_have_the_reason) + "_at_all")]
    [
        TestCase(
            "case \"$1\" in\n" + Version + "\nesac\necho 'no such key' >&2; exit 2",
            "exit code 2: no such key",
            TestName = nameof(Build_that_does_not_start_changes_nothing_and_log_and_status_have_the_reason) + "_as_a_guard")]
    public Task Build_that_does_not_start_changes_nothing_and_log_and_status_have_the_reason(string script, string reason) =>
        ExpectRollbackAsync(script + "\n", reason);

    private async Task ExpectRollbackAsync(string script, string reason)
    {
        var (hosts, installation) = await StartAsync();
        var before = await hosts.HostA.StatusAsync();
        await using var load = hosts.Load();
        await load.UntilServedAsync(200);

        installation.ReplaceByScript($"REAL='{PublishedFile.Path}'\n{script}");
        await hosts.HostA.PostAsync("/upgrade");

        var after = await hosts.HostA.UntilAsync("the upgrade has ended", status => !status.IsUpgrading && status.UpgradeError != "");
        await load.UntilServedAsync(200);
        var report = await load.StopAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(after.UpgradeError, Does.Contain(reason));
            Assert.That(after.Worker, Is.EqualTo(before.Worker), "the old worker keeps serving");
            Assert.That(after.Guard, Is.EqualTo(before.Guard));
            Assert.That(report.Failed, Is.Zero);
            Assert.That(
                hosts.HostA.Process.Errors.Split('\n'),
                Has.Some.Contains("\"level\":\"error\"").And.Contains("upgrade-failed").And.Contains(reason));
        }
    }

    private async Task<(TwoHosts Hosts, Installation Installation)> StartAsync(bool fromEarlier = false)
    {
        var installation = new Installation(Path.Combine(Mesh.Folder, "installed"));
        if (fromEarlier)
        {
            installation.ReplaceByRename(OtherBuild.Path);
        }

        return (await TwoHosts.StartAsync(Mesh, installation: installation), installation);
    }
}
