using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Files;
using GatewayMesh.Registry.Snapshots;
using GatewayMesh.Registry.Tests.Routing;
using GatewayMesh.Registry.Yaml;

namespace GatewayMesh.Registry.Tests.Snapshots;

internal sealed class SnapshotStoreTests
{
    private TemporaryFolder _folder = null!;
    private SnapshotStore _store = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = new TemporaryFolder();
        _store = new SnapshotStore(_folder["data"]);
    }

    [TearDown]
    public void TearDown() => _folder.Dispose();

    [Test]
    [CancelAfter(60_000)]
    public void A_fifo_in_place_of_the_store_is_an_error_without_a_wait(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        var store = new SnapshotStore(folder.Path);
        Fifo.Make(store.File);
        Assert.That(store.Load(out var error), Is.Null);
        Assert.That(error!.Message, Does.Contain("is a FIFO, not a regular file"));
        Assert.That(cancellationToken.IsCancellationRequested, Is.False);
    }

    // A buffer of the whole file would stay in the process's memory until a full collection.
    [Test]
    public void A_large_mesh_is_written_piece_by_piece()
    {
        var view = Large();
        _ = _store.Save(view); // code and pools are ready afterwards

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(_store.Save(view), Is.Null);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        var length = new FileInfo(_store.File).Length;
        Assert.That(length, Is.GreaterThan(1_000_000));
        Assert.That(allocated, Is.LessThan(length / 4));
    }

    [Test]
    public void Instances_from_the_store_share_what_is_the_same()
    {
        _ = _store.Save(Large());

        var instances = _store.Load(out _)!.Entries.Services.Single().Instances;

        Assert.That(instances, Has.Length.EqualTo(10_000));
        Assert.That(instances.Select(each => each.Protocol).Distinct(ReferenceEqualityComparer.Instance).Count(), Is.EqualTo(1));
        Assert.That(instances.Select(each => each.Meta).Distinct(ReferenceEqualityComparer.Instance).Count(), Is.EqualTo(1));
    }

    [Test]
    public void Names_of_a_namespace_survive_the_store()
    {
        var catalog = new ServiceCatalog(
            [
                new DiscoveredService(
                    "db.shop:5432", [new DiscoveredInstance("db-0", "", new HostPort("10.0.0.1", 5432), Healthy: true) { Hostname = "db-0" }])
                {
                    Frontend = new ServiceFrontend(5432, ["10.96.0.1"]),
                },
            ],
            [])
        {
            Namespace = "shop",
        };
        var view = RegistryView.Empty with { Catalog = catalog };
        Assert.That(_store.Save(view), Is.Null);

        var loaded = _store.Load(out _)!;

        Assert.That(loaded.Catalog!.Namespace, Is.EqualTo("shop"));
        Assert.That(loaded.Catalog.Services.Single().IsSame(catalog.Services[0]), Is.True);
        Assert.That(
            SnapshotCompiler.Compile(loaded.Entries, [], loaded.Catalog).Revision,
            Is.EqualTo(SnapshotCompiler.Compile(view.Entries, [], catalog).Revision));
    }

    [Test]
    public void A_loaded_store_compiles_to_the_same_revision()
    {
        var view = View();
        Assert.That(_store.Save(view), Is.Null);

        var loaded = _store.Load(out var error)!;

        Assert.That(error, Is.Null);
        Assert.That(
            SnapshotCompiler.Compile(loaded.Entries, loaded.Nodes).Revision,
            Is.EqualTo(SnapshotCompiler.Compile(view.Entries, view.Nodes).Revision));
        Assert.That(loaded.Nodes.Select(node => (node.Record.Node, node.Alive)), Is.EqualTo(new[] { ("host-a", true), ("gw-1", false) }));
    }

    [TestCaseSource(typeof(ChainCase), nameof(ChainCase.Names))]
    public void Routes_are_loaded_unchanged(string name)
    {
        if (EntryFolder.Read([new ChainCase(name).Entries], new ConfigErrors()) is not { } entries)
        {
            Assert.That(new ChainCase(name).ExpectedErrors, Does.Exist, "only a case with expected errors is refused");
            return;
        }

        var web = new DiscoveredInstance("web-1", "host", new HostPort("10.0.0.1", 80), false) { Warns = true };
        var catalog = new ServiceCatalog([new DiscoveredService("web", [web])], [])
        {
            Targets = [new DiscoveredTarget("web", "v1", "", [web]), new DiscoveredTarget("web", "", "dc2", [web])],
        };
        _ = _store.Save(View() with { Entries = entries, Catalog = catalog, Datacenter = "dc1" });

        var loaded = _store.Load(out var error)!;

        Assert.That(error, Is.Null);
        Assert.That(Compile(loaded.Entries, loaded.Catalog).Revision, Is.EqualTo(Compile(entries, catalog).Revision));
        Assert.That(Compile(loaded.Entries, loaded.Catalog).Targets.Keys, Is.EquivalentTo(Compile(entries, catalog).Targets.Keys));

        static MeshSnapshot Compile(EntrySet entries, ServiceCatalog? catalog) =>
            SnapshotCompiler.Compile(entries, [], catalog, datacenter: "dc1");
    }

    [Test]
    public void Intentions_are_loaded_unchanged_with_permissions_and_default()
    {
        var errors = new ConfigErrors();
        var text = File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "Cases", "Entries", "intentions.yaml"));
        var entries = YamlDocuments.Read(Encoding.UTF8.GetBytes(text), "intentions.yaml", errors)
            .Select(document => EntryBinder.Bind(document, errors)!)
            .ToList();
        var declared = new DeclaredIntentions(EntrySet.From(entries, errors)!.ServiceIntentions,
            IntentionAction.Deny) { Notes = ["one was ignored"] };
        _ = _store.Save(View() with { Intentions = declared });

        var loaded = _store.Load(out _)!.Intentions!;

        Assert.That(IntentionTable.Of(loaded).Revision, Is.EqualTo(IntentionTable.Of(declared).Revision));
        Assert.That(IntentionTable.Of(loaded).AllowsByDefault, Is.False);
        Assert.That(IntentionTable.Of(loaded).Rules.Count(rule => rule.LooksAtRequests), Is.EqualTo(2));
        Assert.That(loaded.Notes, Is.EqualTo(declared.Notes));
        _ = _store.Save(View());
        Assert.That(_store.Load(out _)!.Intentions, Is.Null, "unknown intentions stay unknown");
    }

    [TestCase("policy-attempts.yaml", "\"statusCodes\":[425,429]")]
    [TestCase("policy-balancing.yaml", "\"policy\":\"PeakEwma\",\"choices\":3")]
    [TestCase("policy-balancing.yaml", "\"slowStart\":{\"window\":\"30s\",\"aggression\":1.5,\"minWeight\":0.05}")]
    [
        TestCase(
            "policy-balancing.yaml",
            "\"latency\":{\"enabled\":true,\"factor\":4,\"atLeast\":\"50ms\",\"minimumHosts\":3,\"requestVolume\":30}")]
    [TestCase("policy-limits.yaml", "\"breaker\":{\"enabled\":false,\"failures\":\"ServerError\"",
        Description = "the shared policy, overridden by the service's own")]
    [
        TestCase(
            "policy-idempotency.yaml",
            "\"idempotency\":{\"enabled\":true,\"ttl\":\"5m\",\"maxKeys\":500,\"maxAnswerSize\":2097152,\"maxBytes\":2097152,\"wait\":\"2s\"}")]
    [TestCase("policy-faults.yaml", "\"header\":{\"name\":\"x-fault\",\"test\":\"Exact\",\"value\":\"1\"")]
    [TestCase("policy-faults.yaml", "\"abort\":{\"status\":503,\"grpc\":14,\"isReset\":false},\"slowBody\":null")]
    [TestCase("policy-mirror.yaml", "\"mirror\":{\"service\":\"recorder\",\"subset\":null,\"share\":0,\"maxBodySize\":1048576")]
    [TestCase("policy-limits.yaml", "\"shedding\":{\"criticality\":\"Sheddable\",\"sheddable\":0.5,\"default\":0.9}")]
    [
        TestCase(
            "policy-limits.yaml",
            "\"adaptiveConcurrency\":{\"enabled\":false,\"sampleWindow\":\"250ms\",\"percentile\":0.9,\"minConcurrency\":5,\"maxConcurrency\":500")]
    public void Policies_are_loaded_unchanged(string file, string text)
    {
        var before = Declared(file);
        Assert.That(_store.Save(before), Is.Null);
        var after = _store.Load(out var error)!;

        Assert.That(error, Is.Null);
        Assert.That(PolicyOf(after).Text, Does.Contain(text).And.EqualTo(PolicyOf(before).Text));

        static PolicyModel PolicyOf(RegistryView view) => SnapshotCompiler.Compile(view.Entries, view.Nodes).Services["web"].Policy;

        static RegistryView Declared(string file)
        {
            var errors = new ConfigErrors();
            var bytes = File.ReadAllBytes(Path.Combine(TestContext.CurrentContext.TestDirectory, "Cases", "Entries", file));
            var entries = EntrySet.From(
                YamlDocuments.Read(bytes, file, errors).Select(document => EntryBinder.Bind(document, errors)!).ToList(), errors)!;
            return View() with { Entries = View().Entries with { ServicePolicies = entries.ServicePolicies } };
        }
    }

    [Test]
    public void Feature_flags_are_loaded_unchanged_and_a_store_of_an_earlier_version_has_none()
    {
        var errors = new ConfigErrors();
        var bytes = File.ReadAllBytes(Path.Combine(TestContext.CurrentContext.TestDirectory, "Cases", "Entries", "feature-flags.yaml"));
        var entries = EntrySet.From(
            YamlDocuments.Read(bytes, "feature-flags.yaml", errors).Select(document => EntryBinder.Bind(document, errors)!).ToList(),
            errors)!;
        var view = View() with { Entries = entries };
        Assert.That(_store.Save(view), Is.Null);
        var loaded = _store.Load(out _)!;
        Assert.That(loaded.Entries.FeatureFlags, Is.EqualTo(entries.FeatureFlags).And.Length.EqualTo(5));
        Assert.That(
            SnapshotCompiler.Compile(loaded.Entries, loaded.Nodes).Revision,
            Is.EqualTo(SnapshotCompiler.Compile(view.Entries, view.Nodes).Revision));

        var stored = JsonSerializer.SerializeToNode(StoredEntries.From(view), StoreJson.Default.StoredEntries)!.AsObject();
        Assert.That(stored.Remove("featureFlags"), Is.True);
        Assert.That(stored.Deserialize(StoreJson.Default.StoredEntries)!.ToView().Entries.FeatureFlags, Is.Empty);
    }

    [Test]
    public void A_policy_that_an_earlier_version_stored_has_none_of_the_later_sections()
    {
        var view = View() with { Entries = View().Entries with { ServicePolicies = [new ServicePolicyEntry { Name = "web" }] } };
        var stored = JsonSerializer.SerializeToNode(StoredEntries.From(view), StoreJson.Default.StoredEntries)!.AsObject();
        var policies = stored.Single(member => string.Equals(member.Key, "servicePolicies", StringComparison.OrdinalIgnoreCase)).Value!;
        var policy = policies[0]!.AsObject();
        foreach (var section in policy.Where(member => member.Value is JsonObject).Select(member => member.Key).ToList())
        {
            _ = policy.Remove(section);
        }

        var loaded = stored.Deserialize(StoreJson.Default.StoredEntries)!.ToView();
        Assert.That(
            SnapshotCompiler.Compile(loaded.Entries, loaded.Nodes).Services["web"].Policy.Text,
            Is.EqualTo(SnapshotCompiler.Compile(view.Entries, view.Nodes).Services["web"].Policy.Text));
    }

    [Test]
    public void Retry_policies_are_loaded_unchanged()
    {
        var errors = new ConfigErrors();
        var text = File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "Cases", "Entries", "policy-attempts.yaml"));
        var entries = EntrySet.From(
            YamlDocuments.Read(Encoding.UTF8.GetBytes(text), "policy-attempts.yaml", errors)
                .Select(document => EntryBinder.Bind(document, errors)!)
                .ToList(),
            errors)!;
        var view = View();
        view = view with { Entries = view.Entries with { ServicePolicies = entries.ServicePolicies } };
        Assert.That(_store.Save(view), Is.Null);

        var loaded = _store.Load(out var error)!;

        Assert.That(error, Is.Null);
        var (before, after) = (SnapshotCompiler.Compile(view.Entries, view.Nodes), SnapshotCompiler.Compile(loaded.Entries, loaded.Nodes));
        Assert.That(after.Revision, Is.EqualTo(before.Revision));
        Assert.That(
            after.Services["web"].Policy.Text,
            Does.Contain("\"on\":[\"not-forwarded\",\"connect-failure\",\"refused-stream\",\"reset\",\"gateway-error\",\"5xx\"")
                .And.Contain("\"statusCodes\":[425,429]")
                .And.Contain("\"quantile\":0.95"));
        Assert.That(before.Services["web"].Policy, Is.EqualTo(after.Services["web"].Policy));
    }

    [Test]
    [System.Runtime.Versioning.SupportedOSPlatform("linux")]
    public void Only_the_owner_may_read_the_store()
    {
        _ = _store.Save(View());

        Assert.That(File.GetUnixFileMode(_store.File), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.That(
            File.GetUnixFileMode(_folder["data"]), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
    }

    [Test]
    public void A_missing_store_is_not_an_error()
    {
        Assert.That(_store.Load(out var error), Is.Null);
        Assert.That(error, Is.Null);
    }

    [Test]
    public void A_changed_byte_is_detected()
    {
        _ = _store.Save(View());
        File.WriteAllText(_store.File, File.ReadAllText(_store.File).Replace("10.0.0.1", "10.0.0.2", StringComparison.Ordinal));

        Assert.That(_store.Load(out var error), Is.Null);
        Assert.That(
            error!.ToString(),
            Is.EqualTo(
                $"{_store.File}: is corrupt: its checksum is wrong; remove the file; the node writes a new one as soon as the registry "
                    + $"answers"));
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("{\"format\":\"1\"}")]
    [TestCase("{\"format\":1,\"sha256\":\"\",\"content\":null}")]
    [TestCase("{\"format\":1,\"sha256\":\"74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b\",\"content\":null}")]
    [TestCase("{\"format\":1,\"sha256\":\"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\",\"content\":{}}")]
    [TestCase("\0\0\0\0")]
    public void A_corrupt_store_is_an_error_that_names_the_file(string content)
    {
        _ = Directory.CreateDirectory(_folder["data"]);
        File.WriteAllText(_store.File, content);

        Assert.That(_store.Load(out var error), Is.Null);
        Assert.That(error!.ToString(), Does.StartWith(_store.File + ": ").And.Contain("remove the file"));
    }

    [Test]
    public void A_truncated_store_is_an_error_and_never_an_exception()
    {
        _ = _store.Save(View());
        var whole = File.ReadAllBytes(_store.File);
        for (var length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(_store.File, whole[..length]);
            Assert.That(_store.Load(out var error), Is.Null);
            Assert.That(error, Is.Not.Null);
        }
    }

    [Test]
    public void Another_format_is_refused()
    {
        _ = Directory.CreateDirectory(_folder["data"]);
        File.WriteAllText(_store.File, "{\"format\":2}");

        _ = _store.Load(out var error);

        Assert.That(error!.Message, Is.EqualTo("has format 2, but this version reads format 1"));
    }

    [Test]
    public void An_unwritable_store_is_an_error_and_not_an_exception()
    {
        File.WriteAllText(_folder["data"], "a file where the folder should be");

        Assert.That(_store.Save(View())!.ToString(), Does.Contain("cannot be written").And.Contain("free disk space"));
        Assert.That(() => _store.Load(out _), Throws.Nothing);
    }

    [Test]
    public void A_full_disk_leaves_the_old_store()
    {
        _ = _store.Save(View());
        var before = File.ReadAllBytes(_store.File);

        // A folder blocks the name of the temporary file, which simulates a full disk, also for root.
        var temporary = _folder[$"data/.snapshot.json.{Environment.ProcessId}.tmp"];
        _ = Directory.CreateDirectory(temporary);

        Assert.That(_store.Save(RegistryView.Empty), Is.Not.Null);
        Assert.That(File.ReadAllBytes(_store.File), Is.EqualTo(before));
    }

    [Test]
    public void A_further_write_of_a_large_state_allocates_little_more_than_the_file()
    {
        var nodes = Enumerable.Range(0, 2_000).Select(i => Records.Sidecar($"host-{i}", services: 10));
        var view = View() with { Nodes = [.. nodes.Select(node => new DiscoveredNode(node, Alive: true))] };
        Assert.That(_store.Save(view), Is.Null);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(_store.Save(view), Is.Null);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.That(allocated, Is.LessThan(1.5 * new FileInfo(_store.File).Length));
        Assert.That(_store.Load(out _)!.Nodes, Has.Length.EqualTo(2_000));
    }

    private static RegistryView View()
    {
        var errors = new ConfigErrors();
        var text = File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "Cases", "Entries", "valid.yaml"));
        var entries = YamlDocuments.Read(Encoding.UTF8.GetBytes(text), "valid.yaml",
            errors).Select(document => EntryBinder.Bind(document, errors)!).ToList();
        return new RegistryView(
            EntrySet.From(entries, errors)!,
            [new DiscoveredNode(Records.Sidecar("host-a"), Alive: true), new DiscoveredNode(Records.Gateway("gw-1"), Alive: false)]);
    }

    private static RegistryView Large() => RegistryView.Empty with
    {
        Entries = new EntrySet
        {
            Services =
            [
                new ServiceEntry
                {
                    Name = "web",
                    Instances = [.. Enumerable.Range(0, 10_000).Select(i => new ServiceInstance($"web-{i}", new HostPort("10.0.0.1", 1 + i)))],
                },
            ],
        },
    };
}
