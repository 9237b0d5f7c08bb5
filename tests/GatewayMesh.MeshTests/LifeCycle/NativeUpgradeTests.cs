using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.LifeCycle;

/// <summary>Upgrades between the native program and the file of managed assemblies that <c>--jit</c> makes, under load.</summary>
public sealed class NativeUpgradeTests : MeshTest
{
    [TestCase(true, TestName = nameof(Upgrade_between_the_two_kinds_of_program_loses_no_request) + "_to_the_published_one")]
    [TestCase(false, TestName = nameof(Upgrade_between_the_two_kinds_of_program_loses_no_request) + "_to_the_one_of_managed_assemblies")]
    public async Task Upgrade_between_the_two_kinds_of_program_loses_no_request(bool toPublished)
    {
        var (from, to) = toPublished ? (TrimmedBuild.Path, PublishedFile.Path) : (PublishedFile.Path, TrimmedBuild.Path);
        var installation = new Installation(Path.Combine(Mesh.Folder, "installed"));
        installation.ReplaceByRename(from);
        var hosts = await TwoHosts.StartAsync(Mesh, installation: installation);
        var before = await hosts.HostA.StatusAsync();
        await using var load = hosts.Load();
        await load.UntilServedAsync(200);

        installation.ReplaceByRename(to);
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
                hosts.HostA.Process.Errors.Split('\n'),
                Has.None.Contains("worker-ended").And.Contains("signal"),
                "no program dies of the file that was replaced");
        }
    }
}
