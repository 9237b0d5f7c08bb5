using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Live;
using GatewayMesh.Registry.Snapshots;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Registry.Tests.Live;

internal sealed class LiveConfigurationTests
{
    private static readonly ConfigError SomeError = new("a.yaml", 1, 1, "x", "is wrong", "fix it");

    private readonly FakeTimeProvider _time = new();
    private TemporaryFolder _folder = null!;
    private SnapshotStore _store = null!;
    private ScriptedRegistry _registry = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _store = new SnapshotStore(_folder["data"]);
        _registry = new ScriptedRegistry();
    }

    [TearDown]
    public async Task TearDownAsync()
    {
        await _registry.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task A_report_is_compiled_and_synced()
    {
        await using var live = await StartedAsync();
        await ReportAsync(live, Good("host-a"));

        Assert.That(live.Current.Services.Keys, Is.EqualTo(new[] { "web" }));
        Assert.That((live.Origin, live.Synced), Is.EqualTo((ConfigurationOrigin.Registry, true)));
        Assert.That(live.Answered.IsCompleted, Is.True);
    }

    [Test]
    public async Task The_snapshot_is_empty_before_the_first_report()
    {
        await using var live = await StartedAsync();

        Assert.That(live.Current, Is.SameAs(MeshSnapshot.Empty));
        Assert.That(live.Answered.IsCompleted, Is.False);
    }

    [Test]
    public async Task A_refused_change_keeps_the_last_good_state_and_reports_every_error()
    {
        await using var live = await StartedAsync();
        await ReportAsync(live, Good("host-a"));
        var revision = live.Revision;
        await ReportAsync(live, Good("host-a") with { Errors = [SomeError] });

        Assert.That((live.Revision, live.Synced), Is.EqualTo((revision, false)));
        Assert.That(live.Errors, Is.EqualTo(new[] { SomeError }));
    }

    [Test]
    public async Task A_touch_updates_the_age_of_a_node_without_a_new_snapshot()
    {
        var report = Good("host-a");
        await using var live = await StartedAsync();
        var snapshots = 0;
        live.Changed += _ => snapshots++;
        await ReportAsync(live, report with { Nodes = [report.Nodes!.Value[0] with { HeardAt = _time.GetTimestamp() }] });
        var snapshot = live.Current;
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.That(live.Nodes.Single().Age, Is.EqualTo(TimeSpan.FromSeconds(3)));

        await ReportAsync(live, report with { Nodes = [report.Nodes!.Value[0] with { HeardAt = _time.GetTimestamp() }] });

        Assert.That(live.Current, Is.SameAs(snapshot));
        Assert.That(snapshots, Is.EqualTo(1));
        Assert.That(live.Nodes.Single().Age, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task A_report_of_a_node_about_itself_is_shown_and_compiles_nothing()
    {
        var report = Good("host-a");
        var node = report.Nodes!.Value[0];
        await using var live = await StartedAsync();
        await ReportAsync(live, report);
        var compilations = live.Compilations;

        var record = node.Record with
        {
            RequestRate = 1234, Revision = "another", Synced = false, At = _time.GetUtcNow(), Services = [.. node.Record.Services],
        };
        await ReportAsync(live, report with { Nodes = [node with { Record = record }] });
        Assert.That(live.Compilations, Is.EqualTo(compilations));
        Assert.That(live.Nodes.Single().Record.RequestRate, Is.EqualTo(1234));

        record = record with { Services = [record.Services[0] with { Healthy = !record.Services[0].Healthy }] };
        await ReportAsync(live, report with { Nodes = [node with { Record = record }] });
        Assert.That(live.Compilations, Is.EqualTo(compilations + 1));
    }

    [Test]
    public async Task A_node_starts_cold_from_the_store_when_the_registry_is_silent()
    {
        string revision;
        await using (var first = await StartedAsync())
        {
            await ReportAsync(first, Good("host-a"));
            revision = first.Revision;
        }

        await _registry.DisposeAsync();
        _registry = new ScriptedRegistry();
        await using var second = await StartedAsync();

        Assert.That(second.Revision, Is.EqualTo(revision));
        Assert.That((second.Origin, second.Synced), Is.EqualTo((ConfigurationOrigin.Store, false)));
        Assert.That(second.Answered.IsCompleted, Is.True);
        Assert.That(second.Nodes.Single().Age, Is.Null);

        await ReportAsync(second, new RegistryReport(null, null, [SomeError]));
        Assert.That(second.Revision, Is.EqualTo(revision), "an unreadable registry removes nothing");

        await ReportAsync(second, Good("host-a"));
        Assert.That((second.Revision, second.Origin, second.Synced), Is.EqualTo((revision, ConfigurationOrigin.Registry, true)));
    }

    [Test]
    public async Task Live_nodes_are_combined_with_stored_entries_when_the_entries_are_invalid_at_start()
    {
        await using (var first = await StartedAsync())
        {
            await ReportAsync(first, Good("host-a"));
        }

        await _registry.DisposeAsync();
        _registry = new ScriptedRegistry();
        await using var second = await StartedAsync();
        await ReportAsync(second, new RegistryReport(null, Good("host-b").Nodes, [SomeError]));

        Assert.That(second.Current.Services["web"].Endpoints.Single().Node, Is.EqualTo("host-b"));
        Assert.That(second.Synced, Is.False);
    }

    [Test]
    public async Task A_corrupt_store_is_reported_and_the_registry_is_used()
    {
        _ = Directory.CreateDirectory(_folder["data"]);
        await File.WriteAllTextAsync(_store.File, "{");
        await using var live = await StartedAsync();
        Assert.That(live.Errors.Single().File, Is.EqualTo(_store.File));

        await ReportAsync(live, Good("host-a"));

        Assert.That(live.Synced, Is.True);
        Assert.That(live.Errors, Is.Empty, "the store was rewritten");
    }

    [Test]
    public async Task An_unwritable_disk_is_reported_and_retried_without_other_effects()
    {
        await File.WriteAllTextAsync(_folder["data"], "a file where the folder should be");
        await using var live = await StartedAsync();
        await ReportAsync(live, Good("host-a"));
        Assert.That(live.Synced, Is.True);
        Assert.That(live.Errors.Single().Message, Does.StartWith("cannot be written"));

        File.Delete(_folder["data"]);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.That(live.Errors, Is.Empty);
        Assert.That(File.Exists(_store.File), Is.True);
    }

    [Test]
    public async Task A_gone_node_is_unhealthy_and_not_deleted()
    {
        var report = Good("host-a");
        await using var live = await StartedAsync();
        await ReportAsync(live, report);
        await ReportAsync(live, report with { Nodes = [report.Nodes!.Value[0] with { Alive = false }] });

        Assert.That(live.Current.Services["web"].Endpoints.Single().Healthy, Is.False);
    }

    [Test]
    public async Task The_watch_continues_after_a_handler_that_throws()
    {
        await using var live = await StartedAsync();
        live.Changed += snapshot => _ = snapshot.Services.ContainsKey("bad") ? throw new InvalidOperationException("oops") : true;
        _registry.Report(Good("host-a", "bad"));
        while (live.Errors.IsEmpty)
        {
            await Task.Yield();
        }

        Assert.That(live.Errors.Single().Message, Does.Contain("oops"));
        Assert.That(live.Synced, Is.False);
        var repaired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        live.Updated += () => repaired.TrySetResult();
        _registry.Report(Good("host-a"));
        while (!repaired.Task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.That((live.Synced, live.Current.Services.ContainsKey("web")), Is.EqualTo((true, true)));
    }

    [Test]
    public async Task Stored_instances_are_kept_for_a_while_when_the_registry_returns_without_any()
    {
        var web = new DiscoveredService("web", [new DiscoveredInstance("web-1", "host-a", new HostPort("10.0.0.1", 20001), Healthy: true)]);
        var full = new RegistryReport(EntrySet.Empty, [], []) { Catalog = new ServiceCatalog([web, web with { Name = "api" }], []) };
        await using (var first = await StartedAsync())
        {
            await ReportAsync(first, full);
        }

        _registry = new ScriptedRegistry();
        await using var live = await StartedAsync();
        var gone = full with { Catalog = new ServiceCatalog([web with { Name = "api", Instances = [] }], []) };
        await ReportAsync(live, gone);
        Assert.That(
            live.Current.Services.Values.Select(service => (service.Name, service.Endpoints.Length)),
            Is.EquivalentTo(new[] { ("web", 1), ("api", 1) }));

        _time.Advance(ColdStart.Hold);
        Assert.That(() => live.Current.Services.Count, Is.EqualTo(1).After(10_000, 10), "compiled on a dedicated thread");
        Assert.That(live.Current.Services.Values.Select(service => (service.Name, service.Endpoints.Length)),
            Is.EquivalentTo(new[] { ("api", 0) }), "only the registry counts afterwards");
        Assert.That(live.Synced, Is.True);
    }

    [Test]
    public async Task Reports_are_compiled_on_a_dedicated_thread()
    {
        await using var live = await StartedAsync();
        bool? pool = null;
        live.Changed += _ => pool = Thread.CurrentThread.IsThreadPoolThread;

        await ReportAsync(live, Good("host-a"));

        Assert.That(pool, Is.False, "pool threads serve requests");
    }

    [Test]
    public async Task The_age_of_the_registry_uses_the_monotonic_clock()
    {
        await using var live = await StartedAsync();
        Assert.That((live.Reached, live.RegistryAge), Is.EqualTo(((bool?)null, (TimeSpan?)null)));

        _registry.HeardAt = _time.GetTimestamp();
        await ReportAsync(live, Good("host-a"));
        _time.Advance(TimeSpan.FromSeconds(45));
        await ReportAsync(live, Good("host-a") with { Errors = [SomeError], Reached = false });

        Assert.That((live.Reached, live.Synced, live.RegistryAge), Is.EqualTo(((bool?)false, false, (TimeSpan?)TimeSpan.FromSeconds(45))));
    }

    [Test]
    public async Task A_start_from_the_disk_knows_the_age_of_the_stored_configuration()
    {
        await using (var first = await StartedAsync())
        {
            _registry.HeardAt = _time.GetTimestamp();
            await ReportAsync(first, Good("host-a"));
        }

        _time.Advance(TimeSpan.FromMinutes(7));
        await _registry.DisposeAsync();
        _registry = new ScriptedRegistry();
        await using var second = await StartedAsync();
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.That(second.RegistryAge!.Value, Is.EqualTo(TimeSpan.FromMinutes(8)).Within(TimeSpan.FromSeconds(1)),
            "file times may be coarse");
        _registry.HeardAt = _time.GetTimestamp();
        await ReportAsync(second, Good("host-a"));
        Assert.That(second.RegistryAge, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public async Task A_clock_set_back_since_the_store_was_written_makes_its_age_unknown()
    {
        await using (var first = await StartedAsync())
        {
            _registry.HeardAt = _time.GetTimestamp();
            await ReportAsync(first, Good("host-a"));
        }

        File.SetLastWriteTimeUtc(_store.File, _time.GetUtcNow().UtcDateTime.AddHours(3));
        await _registry.DisposeAsync();
        _registry = new ScriptedRegistry();
        await using var second = await StartedAsync();
        Assert.That((second.Origin, second.RegistryAge), Is.EqualTo((ConfigurationOrigin.Store, (TimeSpan?)null)));
    }

    [Test]
    public async Task The_store_is_marked_while_the_registry_answers_without_changes()
    {
        await using var live = await StartedAsync();
        _registry.HeardAt = _time.GetTimestamp();
        await ReportAsync(live, Good("host-a"));
        for (var second = 0; second < 300; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _registry.HeardAt = _time.GetTimestamp();
        }

        Assert.That(_time.GetUtcNow() - _store.HeardAt()!.Value, Is.LessThan(TimeSpan.FromSeconds(40)));
    }

    [Test]
    public async Task Errors_in_node_records_are_reported_and_leave_the_node_synced()
    {
        await using var live = await StartedAsync();
        await ReportAsync(live, Good("host-a") with { Remarks = [SomeError] });
        Assert.That((live.Synced, live.Errors.Single()), Is.EqualTo((true, SomeError)));
    }

    [Test]
    public async Task A_node_that_waits_for_the_configuration_serves_only_after_the_handlers_have_taken_it()
    {
        await using var live = await StartedAsync();
        var (answered, inUse) = (true, true);
        live.Changed += _ => (answered, inUse) = (live.Answered.IsCompleted, live.IsInUse);
        await ReportAsync(live, Good("host-a"));
        Assert.That((answered, inUse), Is.EqualTo((false, false)), "while they take it");
        Assert.That((live.Answered.IsCompleted, live.IsInUse), Is.EqualTo((true, true)));
    }

    [Test]
    public async Task The_memory_of_reading_a_large_configuration_is_returned_before_the_configuration_is_in_use()
    {
        var nodes = Enumerable.Range(0, 100).Select(i => Records.Sidecar($"host-{i}", services: ReadingMemory.Large / 100));
        var report = Good("host-a") with { Nodes = [.. nodes.Select(node => new DiscoveredNode(node, Alive: true))] };
        var (collections, inUse) = (GC.CollectionCount(GC.MaxGeneration), 0);
        await using (var first = new LiveConfiguration(_registry, _store, _time))
        {
            first.Changed += _ => inUse = GC.CollectionCount(GC.MaxGeneration);
            first.Start();
            await _registry.Watched;
            await ReportAsync(first, report);
            Assert.That(inUse, Is.GreaterThan(collections), "from the registry");
        }

        await using var live = new LiveConfiguration(_registry, _store, _time);
        live.Changed += _ => inUse = GC.CollectionCount(GC.MaxGeneration);
        collections = GC.CollectionCount(GC.MaxGeneration);
        live.Start();
        Assert.That(inUse, Is.GreaterThan(collections), "from the store");
    }

    private static RegistryReport Good(string node, string service = "web") =>
        new(EntrySet.Empty, [new DiscoveredNode(Records.Sidecar(node, service), Alive: true)], []);

    private async Task<LiveConfiguration> StartedAsync()
    {
        var live = new LiveConfiguration(_registry, _store, _time);
        live.Start();
        await _registry.Watched;
        return live;
    }

    private async Task ReportAsync(LiveConfiguration live, RegistryReport report)
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Take() => taken.TrySetResult();
        live.Updated += Take;
        _registry.Report(report);
        await taken.Task;
        live.Updated -= Take;
        await _registry.Watched;
    }

    private sealed class ScriptedRegistry : IConfigurationSource, IAsyncDisposable
    {
        private readonly Channel<RegistryReport> _reports = Channel.CreateUnbounded<RegistryReport>();
        private readonly TaskCompletionSource _watched = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "scripted";

        public long? HeardAt { get; set; }

        public Task Watched => _watched.Task;

        public void Report(RegistryReport report) => _reports.Writer.TryWrite(report);

        public async IAsyncEnumerable<RegistryReport> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            _ = _watched.TrySetResult();
            await foreach (var report in _reports.Reader.ReadAllAsync(cancellationToken))
            {
                yield return report;
            }
        }

        public ValueTask DisposeAsync()
        {
            _ = _reports.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }
    }
}
