using System.Net.Sockets;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Files;
using GatewayMesh.Registry.Validation;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Files;

/// <summary>Blocked reads and paths that are not regular files: neither hangs a node, and each is reported once with its path.</summary>
internal sealed class BlockedReadTests
{
    private const string Policy = "kind: service-policy\nname: web\n";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp() => _folder = new TemporaryFolder();

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    [CancelAfter(60_000)]
    public void A_path_that_is_not_a_regular_file_is_skipped_with_a_remark_and_the_rest_is_used(CancellationToken cancellationToken)
    {
        _folder.Write("web.yaml", Policy);
        Fifo.Make(_folder["a.yaml"]);
        _ = Directory.CreateDirectory(_folder["b.yaml"]);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(_folder["c.yaml"]));
        _ = File.CreateSymbolicLink(_folder["d.yaml"], "/dev/zero");
        _ = Directory.CreateDirectory(_folder["nodes"]);
        Fifo.Make(_folder["nodes/host-a.yaml"]);
        var registry = new RegistryFolder(_folder.Path, new FakeTimeProvider());

        var report = registry.Poll(readAll: true)!;

        Assert.That(report.Entries?.ServicePolicies.Length, Is.EqualTo(1));
        Assert.That((report.Reached, report.Errors.Length), Is.EqualTo((true, 0)), "a skipped path does not affect the synced state");
        Assert.That(report.Remarks.Select(remark => $"{Path.GetFileName(remark.File)}: {remark.Message}"), Is.EqualTo(new[]
        {
            "a.yaml: is a FIFO, not a regular file, and was skipped",
            "b.yaml: is a folder, not a regular file, and was skipped",
            "c.yaml: is a socket, not a regular file, and was skipped",
            "d.yaml: is a device, not a regular file, and was skipped",
            "host-a.yaml: is a FIFO, not a regular file, and was skipped",
        }));
        Assert.That(registry.Poll(readAll: false), Is.Null, "reported once");
        Assert.That(cancellationToken.IsCancellationRequested, Is.False);
    }

    [Test]
    public void A_file_replaced_by_a_fifo_keeps_its_entries_while_others_change()
    {
        _folder.Write("web.yaml", Policy);
        var registry = new RegistryFolder(_folder.Path, new FakeTimeProvider());
        _ = registry.Poll(readAll: true);

        File.Delete(_folder["web.yaml"]);
        Fifo.Make(_folder["web.yaml"]);
        _folder.Write("api.yaml", Policy.Replace("web", "api", StringComparison.Ordinal));

        Assert.That(
            registry.Poll(readAll: true)!.Entries!.ServicePolicies.Select(policy => policy.Name), Is.EquivalentTo(new[] { "web", "api" }));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_blocked_read_is_reported_with_its_path_and_keeps_the_last_good_state_until_it_returns(
        CancellationToken cancellationToken)
    {
        _folder.Write("web.yaml", Policy);
        var time = new FakeTimeProvider();
        using var hang = new ManualResetEventSlim();
        using var hung = new ManualResetEventSlim();
        var hangs = false;
        var place = new ReadContext(path =>
        {
            if (Volatile.Read(ref hangs) && path.EndsWith("web.yaml", StringComparison.Ordinal))
            {
                hung.Set();
                hang.Wait(cancellationToken);
            }
        });
        await using var registry = new FileRegistry(_folder.Path, time, place);
        await using var reports = registry.WatchAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        Assert.That(await reports.MoveNextAsync(), Is.True);
        var good = reports.Current;
        Assert.That(
            (good.Reached, good.Entries!.ServicePolicies.Length, registry.HeardAt), Is.EqualTo((true, 1, (long?)time.GetTimestamp())));

        Volatile.Write(ref hangs, true);
        var next = reports.MoveNextAsync().AsTask();
        _folder.Write("web.yaml", Policy + "timeouts: { request: 3s }\n");
        while (!hung.IsSet)
        {
            time.Advance(FileRegistry.PollInterval);
            _ = hung.Wait(10, cancellationToken);
        }

        var heard = registry.HeardAt;
        while (!next.IsCompleted)
        {
            time.Advance(FileRegistry.Patience);
            await Task.Delay(10, cancellationToken);
        }

        Assert.That(await next, Is.True);
        Assert.That((reports.Current.Reached, reports.Current.Entries), Is.EqualTo((false, good.Entries)));
        Assert.That(reports.Current.Errors.Single().Message, Is.EqualTo($"a read of {_folder["web.yaml"]} has been blocked for 5 s"));
        Assert.That(registry.HeardAt, Is.EqualTo(heard), "the age grows meanwhile");

        hang.Set();
        Assert.That(await reports.MoveNextAsync(), Is.True);
        Assert.That((reports.Current.Reached, reports.Current.Errors.Length), Is.EqualTo((true, 0)));
        Assert.That(registry.HeardAt, Is.GreaterThan(heard!.Value));
    }

    [Test]
    public void Validate_names_a_fifo_and_the_reason()
    {
        Fifo.Make(_folder["a.yaml"]);
        var alone = PathValidation.Of([_folder["a.yaml"]]);
        var folder = PathValidation.Of([_folder.Path]);
        Assert.That(alone.Errors.Single().ToString(), Does.StartWith($"{_folder["a.yaml"]}: is a FIFO, not a regular file"));
        Assert.That(folder.Errors.Single().ToString(), Does.StartWith($"{_folder["a.yaml"]}: is a FIFO, not a regular file"));
    }

    [Test]
    public void A_file_over_512_KiB_is_refused_without_reading_it()
    {
        using (var file = File.Create(_folder["a.yaml"]))
        {
            file.SetLength(1L << 40); // sparse: reading it would take hours
        }

        Assert.That(PathValidation.Of([_folder.Path]).Errors.Single().Message, Is.EqualTo("is larger than 512KiB"));
    }

    [Test]
    public void A_node_file_over_16_KiB_is_refused_without_reading_it_and_the_last_good_record_stays()
    {
        _folder.Write("nodes/host-a.yaml", "node: host-a\nrole: sidecar\nversion: '1'\n");
        var registry = new RegistryFolder(_folder.Path, new FakeTimeProvider());
        _ = registry.Poll(readAll: true);

        _folder.Write("nodes/host-a.yaml", "node: host-a\nrole: sidecar\nversion: '2'\n" + new string('#', 16 * 1024));
        var report = registry.Poll(readAll: true)!;

        Assert.That(report.Nodes!.Value.Single().Record.Version, Is.EqualTo("1"));
        Assert.That((report.Errors.Length, report.Remarks.Single().Message), Is.EqualTo((0, "is larger than 16KiB")));
    }
}
