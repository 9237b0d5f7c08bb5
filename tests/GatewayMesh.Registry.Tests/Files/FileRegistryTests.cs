using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Files;
using GatewayMesh.Registry.Live;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Files;

/// <summary>The running watch with the real clock. Each test waits for its report.</summary>
internal sealed class FileRegistryTests
{
    [Test]
    public async Task A_record_overwritten_by_another_node_of_the_same_name_is_rewritten()
    {
        using var folder = new TemporaryFolder();
        await using var one = new FileRegistry(folder.Path, TimeProvider.System);
        await using var other = new FileRegistry(folder.Path, TimeProvider.System);
        var record = Records.Sidecar("host-a") with { Instance = "one" };
        await one.PublishAsync(record, CancellationToken.None);
        await other.PublishAsync(record with { Instance = "two" }, CancellationToken.None);

        await one.PublishAsync(record, CancellationToken.None);

        Assert.That(File.ReadAllText(folder["nodes/host-a.yaml"]), Does.Contain("instance: \"one\""));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Nodes_that_share_a_folder_see_each_other_come_and_go(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        await using var one = new FileRegistry(folder["registry"], TimeProvider.System);
        await using var two = new FileRegistry(folder["registry"], TimeProvider.System);
        await using var reports = one.WatchAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);

        Assert.That(await reports.MoveNextAsync(), Is.True);
        Assert.That(reports.Current.Errors, Has.Length.EqualTo(1), "there is no folder yet");

        _ = Directory.CreateDirectory(folder["registry"]);
        await two.PublishAsync(Records.Sidecar("host-b"), cancellationToken);
        await WaitAsync(reports, report => report.Errors.IsEmpty && report.Nodes?.Length == 1);

        folder.Write("registry/a.yaml", "kind: service-policy\nname: web\n");
        await WaitAsync(reports, report => report.Entries?.ServicePolicies.Length == 1);

        await two.WithdrawAsync("host-b", cancellationToken);
        await WaitAsync(reports, report => report.Nodes?.Length == 0);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_publisher_writes_at_once_stops_after_a_withdrawal_and_resumes(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        await using var registry = new FileRegistry(folder.Path, TimeProvider.System);
        await using var publisher = new NodePublisher(registry, () => Records.Sidecar("host-a"), new FakeTimeProvider());
        await publisher.PublishAsync();
        Assert.That(File.Exists(folder["nodes/host-a.yaml"]), Is.True);

        await publisher.WithdrawAsync("host-a");
        await publisher.PublishAsync();
        Assert.That(File.Exists(folder["nodes/host-a.yaml"]), Is.False);

        await publisher.ResumeAsync();
        Assert.That(File.Exists(folder["nodes/host-a.yaml"]), Is.True);
        Assert.That(publisher.Error, Is.Null);
    }

    [Test]
    public async Task A_missing_registry_is_not_replaced_by_an_empty_one()
    {
        using var folder = new TemporaryFolder();
        _ = Directory.CreateDirectory(folder["registry"]);
        await using var registry = new FileRegistry(folder["registry"], TimeProvider.System);
        await using var publisher = new NodePublisher(registry, () => Records.Sidecar("host-a"), new FakeTimeProvider());
        await publisher.PublishAsync();
        Directory.Move(folder["registry"], folder["elsewhere"]);

        await publisher.PublishAsync();
        Assert.That(Directory.Exists(folder["registry"]), Is.False);
        Assert.That(publisher.Error!.ToString(), Does.Contain("there is no such folder"));

        Directory.Move(folder["elsewhere"], folder["registry"]);
        await publisher.PublishAsync();
        Assert.That(publisher.Error, Is.Null);
    }

    [Test]
    public async Task An_unwritable_registry_is_an_error_of_the_publisher_and_not_an_exception()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["registry"], "a file where the folder should be");
        await using var registry = new FileRegistry(folder["registry"], TimeProvider.System);
        await using var publisher = new NodePublisher(registry, () => Records.Sidecar("host-a"), new FakeTimeProvider());

        await publisher.PublishAsync();

        Assert.That(publisher.Error!.ToString(), Does.Contain("could not be published"));
    }

    private static async Task WaitAsync(IAsyncEnumerator<RegistryReport> reports, Predicate<RegistryReport> until)
    {
        while (!until(reports.Current))
        {
            Assert.That(await reports.MoveNextAsync(), Is.True);
        }
    }
}
